"""The notebooks are committed without outputs, run from top to bottom, and their figures are those of plain SQL."""

import sys
from datetime import date
from io import StringIO
from pathlib import Path
from statistics import median

import pandas as pd
import pytest

import data_access as da
from tests.notebooks.conftest import DAY_0, NOTEBOOKS, ROOT

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")

EVERY = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
MINUTES = (
    "SELECT channel, duration_minutes FROM contacts JOIN cases USING (force_id, case_id) "
    "WHERE on_day >= :first AND on_day < :until AND with_whom = 'victim' AND outcome = 'successful' "
    "AND duration_minutes IS NOT NULL AND pathway = 'full_advocacy' "
    "AND closure_reason NOT IN ('opened_in_error', 'duplicate')"
)
COUNTED = "pathway = 'full_advocacy' AND closure_reason NOT IN ('opened_in_error', 'duplicate')"
# Cases by the month of receipt of the opening referral, and whether a substantive contact came by day 28.
REACHED = f"""
SELECT strftime('%Y-%m', received_on * 86400, 'unixepoch') AS month, SUM(reached), COUNT(*) FROM (
  SELECT r.received_on, EXISTS (
    SELECT 1 FROM contacts k WHERE k.case_id = c.case_id AND with_whom = 'victim' AND outcome = 'successful'
    AND NOT (purposes = 'first_contact' AND channel IN ('text', 'letter'))
    AND on_day BETWEEN r.received_on AND r.received_on + 28) AS reached
  FROM cases c JOIN referral r ON r.case_id = c.case_id AND r.opens_case
  WHERE {COUNTED} AND received_on >= :first AND received_on < :until) GROUP BY month"""
# The first attempt of each case in the year that ends with the data of every force, by its part of the day.
FIRST_ATTEMPTS = f"""
SELECT CASE WHEN hour < 12 THEN '9 to 12' WHEN hour < 16 THEN '12 to 16' ELSE '16 to 20' END AS hours, COUNT(*) FROM (
  SELECT k.hour, k.on_day, ROW_NUMBER() OVER (PARTITION BY k.case_id ORDER BY k.on_day, k.hour) AS place
  FROM contacts k JOIN cases c ON c.case_id = k.case_id
  WHERE {COUNTED} AND with_whom = 'victim' AND direction = 'outbound'
) WHERE place = 1 AND on_day >= :first AND on_day <= :last AND hour >= 9 AND hour < 20 GROUP BY hours"""
BY_HOUR = f"""
SELECT hour, COUNT(*), SUM(outcome = 'successful') FROM contacts k JOIN cases c ON c.case_id = k.case_id
WHERE {COUNTED} AND with_whom = 'victim' AND direction = 'outbound'
AND on_day >= :first AND on_day < :last GROUP BY hour"""


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


@pytest.mark.parametrize("name", EVERY)
def test_no_output_names_a_path(executed, name, copied_notebooks, sample_url):
    """A path tells whose machine it was. The scripts of Panel are left out: they were made elsewhere."""
    own = {str(ROOT), sys.prefix, str(copied_notebooks), str(Path(sample_url.removeprefix("sqlite:///")).parent)}
    for cell in executed(name).cells:
        for output in cell.get("outputs", ()):
            said = [
                output.get("text", ""),
                *(output.get("data", {}).get(kind, "") for kind in ("text/plain", "text/html")),
            ]
            for text in said:
                assert not [path for path in own if path in text], cell.id


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


def test_the_measure_in_depth_is_told_as_the_catalogue_has_it(executed):
    notebook = executed("02_one_measure.ipynb")
    said = tagged(notebook, "words")["text/html"]
    assert "EN6" in said
    assert da.MEASURES["reached"].caution in said
    example = read_table(tagged(notebook, "example")["text/html"])
    assert example[["numerator", "denominator"]].iloc[0].tolist() == [1, 3]
    assert "fact_case_path" in streamed(notebook, "sql")


def test_the_measure_in_depth_is_that_of_plain_sql_and_of_its_recount(executed, recount):
    notebook = executed("02_one_measure.ipynb")
    first, until = (date(2026, 2, 1) - DAY_0).days, (date(2026, 11, 1) - DAY_0).days
    expected = {month: (hit, n) for month, hit, n in recount(REACHED, first=first, until=until)}
    frame = read_table(tagged(notebook, "frame")["text/html"])
    told = {
        row.period_start[:7]: (int(row.numerator), row.denominator)
        for row in frame.itertuples()
        if row.value == row.value
    }
    assert len(told) >= 7
    assert told == {month: expected[month] for month in told}
    again = read_table(tagged(notebook, "again")["text/html"])
    rows = {str(row["month"])[:7]: (int(row["sum"]), int(row["size"])) for _, row in again.iterrows()}
    assert rows == expected
    assert streamed(notebook, "same") == f"The same in all {len(told)} months that have a value.\n"


def test_the_question_of_ones_own_is_answered_as_plain_sql_does(executed, recount):
    notebook = executed("03_your_own_question.ipynb")
    last = recount("SELECT MIN(as_of) FROM data_version")[0][0]
    first = read_table(tagged(notebook, "first-attempts")["text/html"])
    found = {row["hours"]: int(row["n"]) for _, row in first.iterrows()}
    assert found == dict(map(tuple, recount(FIRST_ATTEMPTS, first=last - 364, last=last - 7)))
    hours = read_table(tagged(notebook, "by-hour")["text/html"])
    rows = {int(row["hour"]): (int(row["n"]), int(row["succeeded"])) for _, row in hours.iterrows()}
    assert rows == {hour: (n, hit) for hour, n, hit in recount(BY_HOUR, first=last - 364, last=last)}
    assert streamed(notebook, "same").startswith("The same in all ")


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("02_one_measure.ipynb", "picture"),
        ("03_your_own_question.ipynb", "picture"),
        ("03_your_own_question.ipynb", "by-hour-picture"),
    ],
)
def test_the_pictures_of_the_others_come_as_something_that_jupyter_draws(executed, name, tag):
    assert "application/vnd.holoviews_exec.v0+json" in tagged(executed(name), tag)


def read_table(markup: str) -> pd.DataFrame:
    """The table of a cell's output; a column has the one name that stands in its two heading rows."""
    table = pd.read_html(StringIO(markup))[0]
    if isinstance(table.columns, pd.MultiIndex):
        table.columns = [next(part for part in names if not part.startswith("Unnamed")) for names in table.columns]
    return table


def streamed(notebook, tag: str) -> str:
    """What the cell with that tag printed."""
    cell = next(cell for cell in notebook.cells if tag in cell.metadata.get("tags", ()))
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def tagged(notebook, tag: str) -> dict:
    """The data of the last result of the cell with that tag."""
    cell = next(cell for cell in notebook.cells if tag in cell.metadata.get("tags", ()))
    return [output for output in cell.outputs if "data" in output][-1].data
