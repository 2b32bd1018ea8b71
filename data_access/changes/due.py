"""What has become overdue in the week, and what no longer is: two days of one list, compared."""

from dataclasses import replace

from sqlalchemy import ColumnElement, Select, case, literal, select

from data_access import facts
from data_access.changes.week import Change, Week
from data_access.listings import Listing
from data_access.measures import caseload
from data_access.question import Question


def _anywhere(question: Question) -> Question:
    """The same within the whole scope: a case that only moved to another team has not become due."""
    return replace(question, slice=question.slice.having(levels=(), sources=(), teams=(), advocates=()))


def _cases_of(rows: Select) -> Select:
    return select(rows.subquery().c.row_id)


def _on_list(name: str, title: str, empty: str, listing: Listing, left: str) -> Change:
    """Cases that came onto a list within the seven days; with ``left``, cases that were on it and no longer are."""
    fact = facts.case_state

    def rows(week: Week) -> Select:
        here, there = (week.then, week.now) if left else (week.now, week.then)
        on = listing.rows(here)
        gone = on.where(on.selected_columns["row_id"].not_in(_cases_of(listing.rows(_anywhere(there)))))
        return _why_left(week, gone, left) if left else gone

    def where(week: Week) -> list[ColumnElement[bool]]:
        day_ = week.then if left else week.now
        return [*caseload.OPEN.on_last_day(day_, title), fact.c.case_id.in_(_cases_of(rows(week)))]

    days = f"{listing.days}, a week before" if left else listing.days
    return Change(name, title, empty, days, "week", fact, where, rows)


def _why_left(week: Week, gone: Select, done: str) -> Select:
    """What ended it, in the column that said what was due."""
    of, now = gone.subquery("no_longer"), facts.case_state.alias("state_now")
    last = week.now.slice.bounds.end - 1
    ended = case((now.c.case_id.is_(None), literal("closed")), (now.c.on_hold == 1, literal("on hold")), else_=done)
    held = (
        (now.c.case_id == of.c.row_id) & week.now.upto(now, now.c.since, last) & ~week.now.upto(now, now.c.until, last)
    )
    return select(*(ended.label("what") if c.name == "what" else c for c in of.c)).outerjoin_from(of, now, held)


def due(reviews: Listing, contacts: Listing) -> tuple[Change, ...]:
    """What has become overdue, and what is no longer, by the lists of overdue reviews and contacts."""
    return (
        _on_list("newly_review_overdue", "Reviews newly overdue", "No review has become overdue.", reviews, ""),
        _on_list("newly_contact_overdue", "Contacts newly overdue", "No contact has become overdue.", contacts, ""),
        _on_list(
            "no_longer_review_overdue",
            "Reviews no longer overdue",
            "No review has ceased to be overdue.",
            reviews,
            "reviewed",
        ),
        _on_list(
            "no_longer_contact_overdue",
            "Contacts no longer overdue",
            "No contact has ceased to be overdue.",
            contacts,
            "in touch, or a longer time allowed",
        ),
    )
