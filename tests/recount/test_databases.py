"""SQLite and PostgreSQL give the same frames to the last digit, whatever is asked."""

import random
from datetime import date, timedelta

import pytest

import data_access as da
from data_access.days import GRAINS
from data_access.worklists import CHANGES
from sample_data.generate import write_sample

FORCES = ("EAST", "NORTH", "WEST")
ADVOCATES = ("ADV-17", "ADV-31", "ADV-41", "ADV-50", "ADV-73", "ADV-74")
TEAMS = ("NORTH-CITY", "NORTH-VALLEY", "EAST-ONE", "WEST-ONE")


@pytest.fixture(scope="module")
def on_postgres(new_postgres):
    """Reports over the sample on PostgreSQL."""
    url = new_postgres()
    write_sample(url)
    store = da.connect(url)
    yield store.reports(da.Scope.local(FORCES, "service_manager"))
    store.engine.dispose()


def _slice(draw: random.Random) -> da.Slice:
    first = date(2025, 1, 1) + timedelta(days=draw.randrange(640))
    return da.Slice(
        tuple(sorted(draw.sample(FORCES, draw.randint(1, 3)))),
        first,
        first + timedelta(days=draw.randint(1, 250)),
        draw.choice(GRAINS),
        levels=tuple(draw.sample(("high", "medium", "standard", "not_assessed"), draw.choice((0, 0, 0, 1, 2)))),
        sources=tuple(draw.sample(("police", "self", "idva_service"), draw.choice((0, 0, 0, 1, 2)))),
        teams=tuple(draw.sample(TEAMS, draw.choice((0, 0, 0, 1)))),
        advocates=tuple(draw.sample(ADVOCATES, draw.choice((0, 0, 0, 1)))),
        as_of=draw.choice((None, None, date(2026, 2, 10))),
    )


def test_forty_random_questions_have_one_answer(on_postgres, reports):
    draw, answered = random.Random(20261122), set()
    for place in range(40):
        slice_ = _slice(draw)
        for measure in list(da.MEASURES)[place % 2 :: 2]:
            keys = [key for key in da.MEASURES[measure].keys if key != "days"]
            by = tuple(draw.sample(keys, draw.choice((0, 1, 1, 2))))
            try:
                ours = reports.frame(measure, slice_, by)
            except da.Refused as refusal:
                with pytest.raises(da.Refused, match=str(refusal)[:20]):
                    on_postgres.frame(measure, slice_, by)
                continue
            assert ours.equals(on_postgres.frame(measure, slice_, by)), (measure, slice_, by)
            answered.add(measure)
    assert answered == set(da.MEASURES)


def test_lists_and_tables_have_one_answer(on_postgres, reports):
    slice_ = da.Slice(FORCES, date(2026, 9, 2), date(2026, 11, 25))
    for name in ("review_overdue", "contact_overdue", "opened", "referrals", "contact_success"):
        ours, theirs = (r.rows(name, slice_, da.Page(2, 50)) for r in (reports, on_postgres))
        assert ours.total == theirs.total
        assert ours.frame.equals(theirs.frame), name
    for name in ("cases", "contacts", "risk_assessments", "incidents", "forces", "teams", "advocates", "events"):
        assert reports.table(name, slice_).equals(on_postgres.table(name, slice_)), name


def test_what_changed_and_its_lists_have_one_answer(on_postgres, reports):
    seen = set()
    for slice_ in (
        da.Slice(FORCES, date(2026, 8, 24), date(2026, 11, 23)),
        da.Slice(("NORTH",), date(2025, 8, 4), date(2025, 9, 1), levels=("high", "medium")),
        da.Slice(FORCES, date(2026, 1, 5), date(2026, 2, 2), teams=TEAMS[::3], as_of=date(2026, 1, 30)),
    ):
        frame = reports.changes(slice_)
        assert frame.equals(on_postgres.changes(slice_))
        assert reports.level_differences(slice_) == on_postgres.level_differences(slice_)
        counted = frame.dropna(subset="rows").groupby("change")["rows"].sum()
        for name in (change.name for change in CHANGES if change.name in counted):
            ours, theirs = (asked.rows(name, slice_, da.Page(1, 100)) for asked in (reports, on_postgres))
            assert ours.total == theirs.total == counted[name], name
            assert ours.frame.equals(theirs.frame), name
            seen |= {name} if ours.total else set()
    assert len(seen) > 10, seen
