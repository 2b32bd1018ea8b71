"""What a second process adds when it opens arrays that are on disk: its own memory, not what it shares."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def private_share(url: str) -> float:
    """Own memory of a second process that opened and read all arrays, less before, as a share of their size."""
    found = subprocess.run(
        [sys.executable, __file__, url], cwd=ROOT, check=True, capture_output=True, text=True, timeout=600
    )
    return float(found.stdout)


def _own() -> int:
    """Bytes that belong to this process alone (Linux)."""
    rollup = Path("/proc/self/smaps_rollup").read_text()
    return sum(int(kb) * 1024 for kb in re.findall(r"^Private_Dirty:\s+(\d+) kB", rollup, re.M))


def _measure(url: str) -> float:
    sys.path.insert(0, str(ROOT))
    import data_access as da
    from data_access import facts

    store = da.connect(url)
    versions = store.directory().versions
    store.counter.shelf.columns(facts.standard, versions[0][-1], versions[0][1:-1])
    store.engine.dispose()
    before = _own()
    held = [store.counter.shelf.columns(fact, v[-1], v[1:-1])[0] for fact in facts.FACTS for v in versions]
    read = sum(int(array.sum()) for columns in held for array in columns.arrays.values())
    assert read
    store.engine.dispose()  # a connection's cache of database pages is bounded by itself, and no array
    return (_own() - before) / sum(columns.bytes for columns in held)


if __name__ == "__main__":
    print(_measure(sys.argv[1]))
