"""The notebooks are committed without outputs, run from top to bottom, and their figures are those of plain SQL."""

from io import StringIO
from statistics import median

import pandas as pd
import pytest

from tests.notebooks.conftest import NOTEBOOKS

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")

EVERY = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
MINUTES = (
    "SELECT channel, duration_minutes FROM contacts JOIN cases USING (force_id, case_id) "
    "WHERE on_day >= :first AND on_day < :until AND with_whom = 'victim' AND outcome = 'successful' "
    "AND duration_minutes IS NOT NULL AND pathway = 'full_advocacy' "
    "AND closure_reason NOT IN ('opened_in_error', 'duplicate')"
)


@pytest.fixture(scope="module")
def executed(jupyter, sample_url, copied_notebooks):
    """A function from a notebook's name to the notebook after it ran on the sample."""
    done = {}
    patch = pytest.MonkeyPatch()
    for name, value in {**jupyter, "CASELIGHT_DATABASE": sample_url}.items():
        patch.setenv(name, value)

    def execute(name: str):
        if name not in done:
            notebook = nbformat.read(copied_notebooks / name, as_version=4)
            client = nbclient.NotebookClient(
                notebook, timeout=120, startup_timeout=120, kernel_name="python3",
                resources={"metadata": {"path": str(copied_notebooks)}},
            )  # fmt: skip
            done[name] = client.execute()
        return done[name]

    yield execute
    patch.undo()


@pytest.mark.parametrize("name", EVERY)
def test_no_output_is_committed(name):
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs"), f"Cell {cell.id} has outputs: they may hold rows of cases."
        assert cell.get("execution_count") is None
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert "widgets" not in notebook.metadata


@pytest.mark.parametrize("name", EVERY)
def test_a_notebook_runs_from_top_to_bottom(executed, name):
    for cell in executed(name).cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text


def test_the_open_cases_are_those_of_plain_sql(executed, open_on_last_day):
    shown = tagged(executed("01_first_look.ipynb"), "open-now")["text/plain"]
    assert int(shown) == open_on_last_day("") > 0


def test_the_minutes_by_channel_are_those_of_plain_sql(executed, recount, weeks):
    by_channel: dict[str, list[int]] = {}
    for channel, minutes in recount(MINUTES, first=weeks[0], until=weeks[1]):
        by_channel.setdefault(channel, []).append(minutes)
    expected = {c: (len(m), float(median(m))) for c, m in by_channel.items() if len(m) >= 5}
    shown = pd.read_html(StringIO(tagged(executed("01_first_look.ipynb"), "minutes")["text/html"]))[0]
    table = shown.iloc[:, [0, -2, -1]].set_axis(["channel", "n", "median"], axis=1).dropna()
    found = {row.channel: (int(row.n), float(row.median)) for row in table.itertuples() if row.channel != "channel"}
    assert found == expected
    assert len(found) > 5


def test_every_measure_is_listed(executed):
    shown = tagged(executed("01_first_look.ipynb"), "measures")["text/html"]
    for name in ("CL1", "CL5", "CL7", "CL2", "EN3", "EN6", "EN5", "RT2", "RT5", "RT4"):
        assert f"<td>{name}</td>" in shown


@pytest.mark.parametrize("tag", ["overlay", "layout", "page"])
def test_pictures_and_the_page_come_as_something_that_jupyter_draws(executed, tag):
    assert "application/vnd.holoviews_exec.v0+json" in tagged(executed("01_first_look.ipynb"), tag)


def tagged(notebook, tag: str) -> dict:
    """The data of the last result of the cell with that tag."""
    cell = next(cell for cell in notebook.cells if tag in cell.metadata.get("tags", ()))
    return [output for output in cell.outputs if "data" in output][-1].data
