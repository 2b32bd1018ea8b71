"""Every way to data is a door with an action, and the table of roles decides who goes through."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest

import data_access as da
from data_access.errors import NotAllowed
from data_access.extracts import SELECTED
from data_access.permissions import ACTIONS, NEVER_TOGETHER, ROLES, may
from data_access.published import Run
from data_access.quality import Quality
from data_access.question import NOT_SHOWN
from data_access.reports import Reports
from data_access.worklists import LISTS

ROOT = Path(__file__).parents[2]
SLICE = da.Slice(("NORTH",), date(2026, 9, 28), date(2026, 11, 23), "month")
RUN = Run("NORTH", "force", "", "2026-W46", date(2026, 11, 9), date(2026, 11, 16), 1, date(2026, 11, 15), "", "", "")
# What tells nothing by itself: names of the scope, a narrower one, a token, a key for what is kept.
NO_DATA = {"directory", "narrowed", "reach", "source"}
ASKED = {
    "frame": lambda r: r.frame("open_cases", SLICE),
    "late_days": lambda r: r.late_days("open_cases"),
    "told_from": lambda r: r.told_from(),
    "rows": lambda r: r.rows("open_cases", SLICE),
    "quality": lambda r: r.quality(SLICE),
    "findings": lambda r: r.findings(("NORTH",)),
    "changes": lambda r: r.changes(SLICE),
    "level_differences": lambda r: r.level_differences(SLICE),
    "standards": lambda r: r.standards(("NORTH",)),
    "table": lambda r: r.table("forces"),
    "recipients": lambda r: r.recipients("team", ("NORTH",), date(2026, 11, 9)),
    "last_runs": lambda r: r.last_runs(("NORTH",)),
    "run_before": lambda r: r.run_before("NORTH", "force", "", date(2026, 11, 9)),
    "published_figures": lambda r: r.published_figures(RUN),
    "as_known_on": lambda r: r.as_known_on("NORTH", "2026-W46"),
}
# The rows that security asks for, each written out by hand: what the role may do with the data.
MAY = {
    "analyst": {"figures", "cases", "mend", "figures_file", "notebook_table", "own_lines"},
    "supervisor": {"figures", "cases", "advocates", "mend", "figures_file", "cases_file", "weekly_file", "own_lines"},
    "service_manager": {
        "figures", "cases", "advocates", "mend", "figures_file", "cases_file", "weekly_file", "notebook_table",
        "own_lines", "their_lines",
    },
    "national_viewer": set(),
    "auditor": {"audit", "own_lines"},
    "admin": {"accounts", "load", "own_lines"},
}  # fmt: skip


def _scope(role: str, forces=("NORTH",)) -> da.Scope:
    return da.Scope("somebody", role, frozenset(forces), frozenset({"NORTH-CITY"}) if role == "supervisor" else None)


def _refusal(ask, reports) -> da.CaselightError | None:
    try:
        ask(reports)
    except da.CaselightError as refused:
        return refused
    return None


def _public(of: type) -> set[str]:
    return {name for name in vars(of) if not name.startswith("_")}


def test_every_public_name_of_reports_is_a_door_or_known_to_tell_nothing():
    doors = {name for name in _public(Reports) if hasattr(getattr(Reports, name), "action")}
    assert doors | NO_DATA == _public(Reports)
    assert doors == set(ASKED)


def test_the_parts_of_quality_need_no_more_than_figures_but_the_list():
    assert Quality.to_mend.action == "mend"


@pytest.mark.parametrize("role", ROLES)
def test_the_table_of_roles_is_the_one_agreed(role):
    assert {action for action in ACTIONS if may(role, action)} == MAY[role]


def test_what_is_not_in_the_table_is_refused():
    assert not may("root", "figures")
    assert not may("service_manager", "everything")
    assert frozenset({"admin", "auditor"}) in NEVER_TOGETHER


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ASKED)
def test_a_door_is_open_to_the_roles_of_its_action_only(sample_store, role, name):
    reports = sample_store.reports(_scope(role))
    reason = _refusal(ASKED[name], reports)
    if getattr(Reports, name).action in MAY[role]:
        assert not isinstance(reason, NotAllowed)  # no file of that week was published, which is another reason
    else:
        assert isinstance(reason, NotAllowed)
        assert "does not let you" in str(reason)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_figures_is_not_even_told_the_names_of_teams(sample_store, role):
    found = sample_store.reports(_scope(role)).directory
    assert bool(found.forces) == bool(found.teams) == ("figures" in MAY[role])
    assert bool(found.advocates) == ("advocates" in MAY[role])


def test_an_analyst_has_no_advocates_in_figures_lists_and_tables(sample_store):
    analyst, manager = (sample_store.reports(_scope(role)) for role in ("analyst", "service_manager"))
    for ask in (
        lambda: analyst.frame("open_cases", SLICE, ("advocate",)),
        lambda: analyst.frame("open_cases", SLICE.having(advocates=("ADV-31",))),
        lambda: analyst.frame("open_cases", SLICE.having(advocates=("ADV-NOBODY",))),
        lambda: analyst.rows("open_cases", SLICE.having(advocates=("none",))),
        lambda: analyst.changes(SLICE.having(advocates=("ADV-31",))),
        lambda: analyst.quality(SLICE.having(advocates=("ADV-31",))),
        lambda: analyst.table("advocates"),
        lambda: analyst.table("cases", SLICE.having(advocates=("ADV-31",))),
    ):
        with pytest.raises(NotAllowed, match="by advocate"):
            ask()
    codes = {one.code for one in manager.directory.advocates}
    assert len(codes) == 9
    told = [analyst.rows(name, SLICE, da.Page(1, 500)).frame for name in LISTS]
    told += [analyst.table(name, SLICE) for name in ("cases", "contacts", "risk_assessments", "incidents")]
    told.append(analyst.quality(SLICE).to_mend(da.Page(1, 500)).frame)
    for frame in told:
        said = " ".join(map(str, frame.to_numpy().ravel()))
        assert not codes & set(re.findall(r"[A-Z]+-[0-9]+", said))
    assert NOT_SHOWN in set(told[0]["lead"])
    same = manager.frame("open_cases", SLICE, ("team", "level"))
    assert analyst.frame("open_cases", SLICE, ("team", "level")).equals(same)  # all else is the same


@pytest.mark.parametrize("name", SELECTED)
def test_whole_tables_are_for_the_roles_that_may_take_them(sample_store, name):
    for role in ("analyst", "service_manager"):
        assert len(sample_store.reports(_scope(role)).table(name, SLICE))
    with pytest.raises(NotAllowed, match="whole pseudonymous tables"):
        sample_store.reports(_scope("supervisor")).table(name, SLICE)


def test_a_supervisor_is_bound_to_teams():
    with pytest.raises(da.CaselightError, match="bound to teams"):
        da.Scope("somebody", "supervisor", frozenset({"NORTH"}))


def test_somebody_narrowed_to_a_team_of_another_force_sees_nothing(sample_store):
    mine = sample_store.reports(_scope("service_manager")).narrowed("NORTH", frozenset({"EAST-ONE"}))
    assert mine.directory.teams == ()
    assert mine.rows("open_cases", SLICE).total == 0


def _asks(path: Path) -> set[str]:
    """Attributes of a module that lead past Reports, and imports from the rooms that only Reports may ask."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("data_access"):
            found |= {f"{node.module}.{name.name}" for name in node.names} | {node.module}
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


PAST = {
    "engine",
    "counter",
    "_counter",
    "_read",
    "data_access.tally",
    "data_access.arrays",
    "sqlalchemy",
    "data_access.tables",
    "data_access.extracts",
    "data_access.question",
    "data_access.checks.findings",
    "data_access.published.runs",
    "data_access.published.last_runs",
    "data_access.published.run_before",
    "data_access.published.figures_of",
    "data_access.published.as_known_on",
    "data_access.recipients.recipients",
    "data_access.recipients.supervising",
    "data_access.standards.by_force",
    "data_access.standards.of_force",
    "data_access.worklists.page_of",
    "data_access.listings.page_of",
    "data_access.changes.counts",
}


@pytest.mark.parametrize("path", sorted((ROOT / "dashboard").rglob("*.py")), ids=lambda path: path.name)
def test_nothing_on_a_page_goes_round_reports(path):
    assert not _asks(path) & PAST
