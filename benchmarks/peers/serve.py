"""Serve the benchmark's page as `caselight serve` serves the product's: the port answers before all is read.

python benchmarks/peers/serve.py PORT sqlite:///caselight_S.sqlite
"""

import sys

from dashboard.starting import Starting

if __name__ == "__main__":
    with Starting(int(sys.argv[1])):
        import page

        page.prepare(sys.argv[2])
    page.serve(int(sys.argv[1]))
