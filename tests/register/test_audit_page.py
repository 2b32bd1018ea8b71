"""The page of whoever checks: lines by week, person and event, in pages; no case, no figure; its reading recorded."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.options import Options
from dashboard.shell import Shell
from dashboard.state import Filters
from dashboard.views.audit import SIZE, AuditPage, weeks
from dashboard.witness import Witness, who_of
from data_access.register import tables as t
from data_access.register.audit import Audit, Look, Who
from data_access.register.looks import Asked, Looks
from data_access.register.opened import Register
from data_access.scope import Scope
from data_access.slice import Page

EVIL = "<img src=x onerror=alert(1)>"
AUDITOR = Scope("olga", "auditor", frozenset())


@pytest.fixture
def register(tmp_path) -> Register:
    opened = Register(f"sqlite:///{(tmp_path / 'r.sqlite').as_posix()}")
    yield opened
    opened.close()


class Opened:
    """The page, opened by an auditor."""

    def __init__(self, register: Register, scope: Scope = AUDITOR):
        self.audit = Audit(register, "0.1")
        filters = Filters(Options(()), pages=("audit",))
        looks = Looks.within(register, scope)
        witness = Witness(self.audit, who_of(scope))
        self.shell = Shell(reports=looks, filters=filters, views={"audit": AuditPage}, witness=witness)
        self.shell.open_page()
        self.whole = self.shell.paper.whole()
        self.shell.paper.links.append(lambda _: None)

    @property
    def html(self) -> str:
        return str(self.shell.views["audit"].content.html)

    def say(self, **message: str) -> None:
        part = self.shell.views["audit"].content.key
        self.shell.paper.received(json.dumps({"part": part, **message}))

    @property
    def rows(self) -> int:
        return self.html.count('<th scope="row">')


def test_lines_are_shown_by_week_person_and_event_and_the_reading_is_a_line(register):
    audit = Audit(register)
    for person, event in (("ann", "page"), ("ann", "file"), ("ben", "page")):
        audit.write(Look(event, "caseload", "page=caseload&level=high"), Who(person, "analyst"))
    with register.begin() as connection:
        old = datetime.now(UTC) - timedelta(weeks=5)
        connection.execute(t.audit.insert().values(at=old, event="login", person="cleo"))
    page = Opened(register)
    assert page.rows == 4
    assert "4 lines, the newest first." in page.html
    page.say(set="person", value="ann")
    assert page.rows == 2
    page.say(set="event", value="file")
    assert page.rows == 1
    assert "took a file" in page.html
    page.say(set="event", value="")
    page.say(set="person", value="")
    now = next(iter(weeks(datetime.now(UTC).date())))
    page.say(set="week", value=now)
    assert "cleo" not in page.html.partition("<tbody>")[2]
    read = Looks(register).page(Asked(person="olga"), Page(1, 50)).lines[::-1]
    assert [line.rows for line in read][:3] == [4, 2, 1]
    assert read[2].filters == "page=audit&person=ann&event=file"
    assert {line.page for line in read} == {"audit"}
    assert {line.role for line in read} == {"auditor"}


def test_many_lines_come_in_pages(register):
    audit = Audit(register)
    for i in range(SIZE + 7):
        audit.write(Look("page", "caseload", rows=i), Who("ann"))
    page = Opened(register)
    page.say(set="person", value="ann")
    assert page.rows == SIZE
    assert "Page 1 of 2" in page.html
    page.say(do="turn", to="2")
    assert page.rows == 7
    page.say(do="turn", to="99999")
    assert "Page 2 of 2" in page.html
    page.say(set="event", value="page")
    assert "Page 1 of 2" in page.html, "another choice begins at the first page"


def test_there_is_no_figure_no_case_and_no_filter_on_it(register):
    page = Opened(register)
    assert 'aria-label=\\"Filters' not in page.whole
    assert page.shell.content.walk()
    assert 'drawing":{' not in page.whole
    assert "Caseload" not in page.whole


@pytest.mark.parametrize(
    "message",
    [{"set": "week", "value": "2020-W01"}, {"set": "person", "value": "nobody"}, {"set": "event", "value": "peek"},
     {"do": "turn", "to": "x"}, {"do": "file", "kind": "csv"}, {"set": "force", "value": "NORTH"}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused(register, message):
    page = Opened(register)
    before = page.html
    page.say(**message)
    assert page.html == before
    assert Looks(register).page(Asked()).lines[0].event == "refused"


def test_text_of_a_line_is_text(register):
    Audit(register).write(Look("file", EVIL, EVIL, purpose=EVIL, file=EVIL), Who(EVIL, EVIL, address=EVIL))
    page = Opened(register)
    assert "<img" not in page.html
    assert page.html.count("&lt;img src=x") >= 6


def test_others_see_their_own_lines_only(register):
    audit = Audit(register)
    for person in ("ann", "ben", "ann"):
        audit.write("page", person=person)
    page = Opened(register, Scope("ann", "analyst", frozenset({"NORTH"})))
    assert page.rows == 2
    assert "ben" not in page.html


def test_weeks_go_back_from_the_monday_of_this_one():
    found = weeks(date(2027, 1, 3))
    assert list(found)[:2] == ["2026-W53", "2026-W52"]
    assert found["2026-W53"] == date(2026, 12, 28)
    assert len(found) == 12
