"""A service's own standards: read strictly, stored for all forces or one, and what is due follows them."""

import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

import data_access as da
from dashboard.cli import app
from dashboard.workbook import book
from data_access import facts, standards, worked_examples
from data_access import tables as t
from data_access.database import writer
from data_access.migrate import upgrade
from data_access.standards.applied import apply
from data_access.standards.reading import parsed

MEASURES = ("reached", "contact_success", "open_cases")
FORCES = ("EAST", "NORTH")
DAY = da.Slice(("ONE", "TWO"), date(2026, 1, 12), date(2026, 1, 19), "whole")
# Opened on Thursday 1 January 2026 (a bank holiday), nobody has called; b was assessed as high on the 2nd.
ROWS = {
    "bank_holiday": [],
    "cases": [{"source_id": s, "opened_on": date(2026, 1, 1)} for s in "ab"],
    "referral": [{"source_id": s, "case": s, "opens_case": True, "received_on": date(2026, 1, 1)} for s in "ab"],
    "risk_assessments": [{"source_id": "1", "case": "b", "assessed_on": date(2026, 1, 2), "level": "high"}],
}


@pytest.fixture
def url(tmp_path):
    """Two forces with the same rows."""
    address = f"sqlite:///{tmp_path}/two.sqlite"
    engine = writer(address)
    upgrade(engine)
    with engine.begin() as connection:
        worked_examples.write_rows(connection, ROWS, date(2026, 1, 31), 1, "ONE")
        worked_examples.write_rows(connection, ROWS, date(2026, 1, 31), 2, "TWO")
    engine.dispose()
    return address


def _file(tmp_path, text: str):
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _lists(url: str, day: date = date(2026, 1, 18)) -> dict[str, list[str]]:
    """Force/reference of each list of what is due, on a day."""
    store = da.connect(url)
    reports = store.reports(da.Scope.local(("ONE", "TWO"), "service_manager"))
    slice_ = DAY.having(first=day, until=date.fromordinal(day.toordinal() + 1))
    found = {}
    for name in ("waiting_first_call", "contact_overdue", "untouched", "review_overdue"):
        frame = reports.rows(name, slice_, da.Page(1, 100)).frame
        found[name] = sorted(f"{force}/{ref}" for force, ref in zip(frame["force"], frame["reference"], strict=True))
    store.engine.dispose()
    return found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"contact_within": {"hihg": 7}}, "no level called 'hihg'. Did you mean 'high'"),
        ({"contact_wihtin": {"high": 7}}, "Did you mean 'contact_within'"),
        ({"force": {"NORHT": {}}}, "no force called 'NORHT'. Did you mean 'NORTH'"),
        ({"targets": {"reachd": {"at_least": 0.8}}}, "no measure called 'reachd'. Did you mean 'reached'"),
        ({"targets": {"reached": {"at_lest": 0.8}}}, "Did you mean 'at_least'"),
        ({"targets": {"reached": {}}}, "neither at_least nor at_most"),
        ({"targets": {"reached": {"at_least": 0.9, "at_most": 0.8}}}, "at_least is above at_most"),
        ({"targets": {"reached": {"at_least": "80%"}}}, "is a number"),
        ({"targets": {"reached": {"at_least": 0.8, "source": ""}}}, "source says whose"),
        ({"contact_within": {"high": 0}}, "whole number from 1"),
        ({"contact_within": {"high": 7.5}}, "whole number from 1"),
        ({"contact_within": {"high": True}}, "whole number from 1"),
        ({"contact_within": 7}, "write [contact_within]"),
        ({"review_within": {"not_assessed": 7}}, "no level called 'not_assessed'"),
        ({"first_call": {"hours": 48, "working_days": 2}}, "only one of them"),
        ({"first_call": {"hours": 36}}, "multiple of 24"),
        ({"weights": {"high": 1.234}}, "at most two decimals"),
        ({"weights": {"court": 0.3}}, "no name called 'court'"),
    ],
)
def test_a_file_is_read_strictly(content, said):
    with pytest.raises(da.CaselightError) as error:
        parsed(content, MEASURES, FORCES)
    assert said in str(error.value)


def test_the_package_says_what_holds_where_nobody_else_does():
    held = standards.DEFAULTS
    assert held.days("contact_within") == {"high": 14, "medium": 28, "standard": 42, "not_assessed": 14}
    assert held.days("review_within") == {"high": 28, "medium": 56, "standard": 84}
    assert held.numbers["first_call"] == {"working_days": 2}
    assert held.targets == {}
    assert held.own == frozenset()
    words = held.words()
    assert words["first_call"] == "First call within 2 working days of the referral."
    assert words["review_within"] == "The risk is reviewed within 28 days (high), 56 days (medium), 84 days (standard)."


def test_what_is_due_by_the_package(url):
    # No bank holiday is recorded here, so two working days after Thursday 1 January is Monday 5 January.
    assert _lists(url, date(2026, 1, 5))["waiting_first_call"] == []
    assert _lists(url, date(2026, 1, 6))["waiting_first_call"] == ["ONE/a", "ONE/b", "TWO/a", "TWO/b"]
    # Contact: 14 days for both are over on the 16th. Untouched: b was assessed on the 2nd, so from the 17th.
    assert _lists(url, date(2026, 1, 15))["contact_overdue"] == []
    assert _lists(url, date(2026, 1, 16))["contact_overdue"] == ["ONE/a", "ONE/b", "TWO/a", "TWO/b"]
    assert _lists(url, date(2026, 1, 16))["untouched"] == ["ONE/a", "TWO/a"]
    assert _lists(url, date(2026, 1, 17))["untouched"] == ["ONE/a", "ONE/b", "TWO/a", "TWO/b"]
    assert _lists(url, date(2026, 1, 30))["review_overdue"] == []
    assert _lists(url, date(2026, 1, 31))["review_overdue"] == ["ONE/b", "TWO/b"]


def test_a_force_can_have_its_own(url, tmp_path):
    text = """
    [contact_within]
    high = 20
    [first_call]
    hours = 48
    [force.TWO.contact_within]
    high = 7
    [force.TWO.review_within]
    high = 10
    [force.TWO.untouched_after]
    not_assessed = 30
    """
    apply(_file(tmp_path, text), url, da.MEASURES)
    # 48 hours from some hour of the 1st are over in the course of the 3rd.
    assert _lists(url, date(2026, 1, 2))["waiting_first_call"] == []
    assert _lists(url, date(2026, 1, 3))["waiting_first_call"] == ["ONE/a", "ONE/b", "TWO/a", "TWO/b"]
    assert _lists(url, date(2026, 1, 9))["contact_overdue"] == ["TWO/b"]
    assert _lists(url, date(2026, 1, 18))["contact_overdue"] == ["ONE/a", "TWO/a", "TWO/b"]
    assert _lists(url, date(2026, 1, 22))["contact_overdue"] == ["ONE/a", "ONE/b", "TWO/a", "TWO/b"]
    assert _lists(url, date(2026, 1, 13))["review_overdue"] == ["TWO/b"]
    assert _lists(url, date(2026, 1, 20))["untouched"] == ["ONE/a", "ONE/b", "TWO/b"]


def test_a_second_file_takes_the_place_of_the_first(url, tmp_path):
    before = _lists(url)
    apply(_file(tmp_path, "[contact_within]\nnot_assessed = 100\nhigh = 100\n"), url, da.MEASURES)
    assert _lists(url)["contact_overdue"] == []
    apply(_file(tmp_path, ""), url, da.MEASURES)
    assert _lists(url) == before


def test_a_wrong_file_changes_nothing(url, tmp_path):
    before = _lists(url)
    with pytest.raises(da.CaselightError, match="THREE"):
        apply(_file(tmp_path, "[contact_within]\nhigh = 1\n[force.THREE.contact_within]\nhigh = 1\n"), url, da.MEASURES)
    assert _lists(url) == before
    with pytest.raises(da.CaselightError, match="no TOML"):
        apply(_file(tmp_path, "[contact_within\n"), url, da.MEASURES)


def test_a_force_that_is_loaded_again_keeps_them(url, tmp_path):
    from data_access.rebuild import rebuild

    apply(_file(tmp_path, "[contact_within]\nhigh = 7\n"), url, da.MEASURES)
    changed = _lists(url, date(2026, 1, 10))
    assert changed["contact_overdue"] == ["ONE/b", "TWO/b"]
    engine = writer(url)
    with engine.begin() as connection:
        rebuild(connection, 1)
        rows = connection.execute(select(facts.standard.c.amount).where(facts.standard.c.force_id == 1)).all()
        versions = connection.execute(select(t.data_version.c.version)).scalars().all()
    engine.dispose()
    assert len(rows) == 17  # 1 for the first call, 4, 3 and 4 by level, 5 weights
    assert versions == [2, 2]
    assert _lists(url, date(2026, 1, 10)) == changed


def test_targets_of_the_forces_that_one_may_see(url, tmp_path):
    text = """
    [targets.reached]
    at_least = 0.8
    source = "contract of 2025"
    [force.TWO.targets.reached]
    at_least = 0.7
    at_most = 0.95
    """
    apply(_file(tmp_path, text), url, da.MEASURES)
    store = da.connect(url)
    both, one = (store.reports(da.Scope.local(codes, "service_manager")) for codes in (("ONE", "TWO"), ("ONE",)))
    found = standards.targets(both, "reached", ("ONE", "TWO"))
    assert {code: (target.at_least, target.at_most, target.source) for code, target in found.items()} == {
        "ONE": (0.8, None, "contract of 2025"),
        "TWO": (0.7, 0.95, "this service's own"),
    }
    assert found["TWO"].words() == "between 0.7 and 0.95"
    assert standards.shared(found, ("ONE", "TWO")) is None
    assert standards.shared(found, ("ONE",)) == found["ONE"]
    assert list(standards.targets(one, "reached", ("ONE", "TWO"))) == ["ONE"]
    assert standards.targets(both, "referrals", ("ONE", "TWO")) == {}
    store.engine.dispose()


def test_the_command_sets_and_prints(url, tmp_path):
    run = CliRunner()
    path = _file(tmp_path, "[review_within]\nhigh = 21\n[targets.reached]\nat_least = 0.8\n")
    done = run.invoke(app, ["standards", str(path), "--database", url])
    assert done.exit_code == 0, done.output
    shown = run.invoke(app, ["standards", "--database", url])
    assert "The risk is reviewed within 21 days (high), 56 days (medium), 84 days (standard). (this service's own)" in (
        shown.output.replace("\n", " ").replace("  ", " ")
    )
    assert "Target of reached: at least 0.8" in shown.output
    assert "(the package's)" in shown.output


def test_weights_are_the_services_own(url, tmp_path):
    engine = writer(url)
    fact = facts.case_state.c
    last = select(fact.level, fact.weight).where(fact.force_id == 1, fact.until > 20600).order_by(fact.level)
    with engine.connect() as connection:
        assert {tuple(row) for row in connection.execute(last)} == {(0, 100), (3, 150)}
    apply(_file(tmp_path, "[weights]\nhigh = 2\n"), url, da.MEASURES)
    with engine.connect() as connection:
        assert {tuple(row) for row in connection.execute(last)} == {(0, 100), (3, 200)}
    engine.dispose()


def test_a_weekly_workbook_says_the_standards_of_its_own_force(url, tmp_path):
    apply(_file(tmp_path, "[force.TWO.contact_within]\nhigh = 7\n"), url, da.MEASURES)
    store = da.connect(url)
    reports = store.reports(da.Scope.local(("ONE", "TWO"), "service_manager"))
    told = {}
    for force in ("ONE", "TWO"):
        notes = openpyxl.load_workbook(io.BytesIO(book(reports, force, "2026-W02")))["Notes"]
        told[force] = " ".join(str(cell.value) for row in notes.iter_rows() for cell in row)
    assert "A substantive contact within 14 days (high)" in told["ONE"]
    assert "A substantive contact within 7 days (high)" in told["TWO"]
    assert "42 days (standard), 14 days (not assessed). It is the package's." in told["ONE"]
    assert "42 days (standard), 14 days (not assessed). It is the service's own." in told["TWO"]
    store.engine.dispose()
