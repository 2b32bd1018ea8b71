"""Serve the benchmark's page as `caselight serve` serves the product's: the port answers before all is read.

python benchmarks/peers/serve.py PORT sqlite:///caselight_S.sqlite
"""

import sys

from dashboard.starting import Starting

if __name__ == "__main__":
    starting = Starting(int(sys.argv[1]))
    with starting:
        import page

        page.prepare(sys.argv[2])
    server = page.server(int(sys.argv[1]))
    starting.over()
    server.run_until_shutdown()
