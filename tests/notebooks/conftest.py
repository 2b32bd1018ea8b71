"""A Jupyter of the tests' own: the kernel is this Python; the tester's folders are neither read nor written."""

import os
import shutil
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
DAY_0 = date(1970, 1, 1)
OPEN_CASES = text(
    "SELECT COUNT(*) FROM cases JOIN force USING (force_id) WHERE pathway = 'full_advocacy' "
    "AND closure_reason NOT IN ('opened_in_error', 'duplicate') "
    "AND opened_on <= :day AND (closed_on IS NULL OR closed_on > :day) AND (:force = '' OR force.code = :force)"
)


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory) -> dict[str, str]:
    """The environment of a Jupyter of our own."""
    kernelspec = pytest.importorskip("ipykernel.kernelspec", reason="ipykernel is not installed")
    folder = tmp_path_factory.mktemp("jupyter")
    environment = {
        "HOME": str(folder / "home"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "0",  # else a kernel of the environment hides ours
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }
    for name in ("HOME", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        Path(environment[name]).mkdir(mode=0o700)
    # The kernel is started by its full path: a "python" found on the way could be another one.
    kernelspec.write_kernel_spec(folder / "data" / "kernels" / "python3", overrides={"display_name": "Python 3"})
    assert sys.executable in (folder / "data" / "kernels" / "python3" / "kernel.json").read_text()
    return environment


@pytest.fixture(scope="session")
def copied_notebooks(tmp_path_factory) -> Path:
    """A folder with a copy of the notebooks, which may be changed."""
    folder = tmp_path_factory.mktemp("copied")
    for path in NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def recount(sample_url) -> Callable:
    """A function that runs plain SQL on the sample's raw tables."""
    engine = create_engine(sample_url)

    def run(statement, **values):
        with engine.connect() as connection:
            return connection.execute(statement if not isinstance(statement, str) else text(statement), values).all()

    yield run
    engine.dispose()


@pytest.fixture(scope="session")
def weeks(recount) -> tuple[int, int]:
    """The thirteen whole weeks up to the end of the newest force's data: first day and the day after, since 1970."""
    newest = DAY_0 + timedelta(days=recount("SELECT MAX(as_of) FROM data_version")[0][0])
    after = newest + timedelta(days=1)
    monday = (after - timedelta(days=after.weekday()) - DAY_0).days
    return monday - 13 * 7, monday


@pytest.fixture(scope="session")
def open_on_last_day(recount, weeks) -> Callable[[str], int]:
    """Open cases of a force (of all for "") on the last day of the thirteen weeks, by SQL."""
    return lambda force="": recount(OPEN_CASES, day=weeks[1] - 1, force=force)[0][0]
