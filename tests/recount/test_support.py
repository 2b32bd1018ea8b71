"""Plans, partners' actions, answers and justice steps of the sample, counted anew in plain Python."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import date

import pytest

import data_access as da
from tests.recount.plain import NEVER, Raw, looked_at, n, triggers

FORCES = ("EAST", "NORTH", "WEST")
PERIODS = [
    (date(2026, 8, 24), date(2026, 11, 16)),
    (date(2025, 3, 3), date(2025, 6, 2)),
    (date(2026, 1, 7), date(2026, 2, 20)),
]


@pytest.fixture(scope="module")
def raws(sample_url):
    with closing(sqlite3.connect(sample_url.removeprefix("sqlite:///"))) as connection:
        return {code: Raw(connection, code) for code in FORCES}


@pytest.fixture(scope="module")
def reports(sample_store):
    return sample_store.reports(da.Scope.local(FORCES, "service_manager"))


@pytest.fixture(params=PERIODS, ids=[str(first) for first, _ in PERIODS])
def period(request):
    return request.param


def both(reports, measure, period, force, **more):
    row = reports.frame(measure, da.Slice((force,), *period, "whole", **more)).iloc[-1]
    return int(row["numerator"]), int(row["denominator"])


@pytest.mark.parametrize("force", FORCES)
def test_plans_and_meetings_on_the_last_day(raws, reports, period, force):
    raw = raws[force]
    day = min(n(period[1]) - 1, raw.as_of)
    reached = [c for c in raw.open_on(day) if raw.met.get(c, NEVER) <= day and not raw.on_hold(c, day)]
    planned = [c for c in reached if raw.plan_current(c, day)]
    assert len(reached) > 10
    assert both(reports, "plan_coverage", period, force) == (len(planned), len(reached))
    high = [c for c in raw.open_on(day) if raw.level(c, day) == "high"]
    talked = [c for c in high if any(m["held_on"] <= day for m in raw.meetings[c])]
    assert both(reports, "discussed_with_partners", period, force) == (len(talked), len(high))
    by_level = (len([c for c in planned if c in high]), len([c for c in reached if c in high]))
    assert both(reports, "plan_coverage", period, force, levels=("high",)) == by_level
    slice_ = da.Slice((force,), *period)
    assert reports.rows("plan_coverage", slice_).total == len(reached) - len(planned)
    assert reports.rows("not_discussed", slice_).total == len(high) - len(talked)


@pytest.mark.parametrize("force", FORCES)
def test_plan_reviews_after_a_trigger(raws, reports, force):
    raw, period = raws[force], (date(2025, 9, 1), date(2026, 9, 1))
    due = [(c, d) for c, d in triggers(raw) if n(period[0]) <= d < n(period[1])]
    in_time = [1 for c, d in due if looked_at(raw, c, d) <= raw.after_working_days(d, 2)]
    assert len(due) > 20
    assert both(reports, "plan_review_after_trigger", period, force) == (len(in_time), len(due))


@pytest.mark.parametrize("force", FORCES)
def test_actions_in_time_and_late(raws, reports, period, force):
    raw = raws[force]
    last = min(n(period[1]) - 1, raw.as_of)
    counted = [a for a in raw.actions if a["case_id"] in raw.cases and a["status"] != "cancelled" and a["due_on"]]
    due = [a for a in counted if n(period[0]) <= a["due_on"] <= last]
    done = [a for a in due if a["done_on"] is not None and a["done_on"] <= a["due_on"]]
    assert both(reports, "actions_in_time", period, force) == (len(done), len(due))
    open_ = set(raw.open_on(last))
    late = [
        a
        for a in counted
        if a["due_on"] < last
        and a["case_id"] in open_
        and (a["done_on"] is not None or a["status"] == "open")
        and (a["done_on"] is None or a["done_on"] > last)
    ]
    assert reports.rows("actions_late", da.Slice((force,), *period)).total == len(late)


@pytest.mark.parametrize("force", FORCES)
def test_answers_at_exit_against_intake(raws, reports, force):
    raw, period = raws[force], (date(2025, 9, 1), date(2026, 9, 1))
    asked = {a["item"] for a in raw.answers} - {"not_recorded"}
    value = {(a["case_id"], a["point"], a["item"]): a["value"] for a in raw.answers}  # the last one of a point stays
    found = defaultdict(int)
    for case, row in raw.cases.items():
        closed = row["closed_on"] or NEVER
        if n(period[0]) <= closed < n(period[1]) and raw.met.get(case, NEVER) <= closed:
            for item in asked:
                before, after = (value.get((case, point, item)) for point in ("intake", "exit"))
                gain = None if before is None or after is None else after - before
                if gain is not None and item in ("frightened", "isolated"):
                    gain = -gain
                found[
                    item, "not_paired" if gain is None else "better" if gain > 0 else "worse" if gain else "same"
                ] += 1
    frame = reports.frame("change_said_by_victims", da.Slice((force,), *period, "whole"), ("question",))
    told = {(r.question, r.result): int(r.numerator) for r in frame.itertuples() if r.numerator}
    assert told == dict(found)
    paired = sum(count for (_, result), count in found.items() if result != "not_paired")
    assert both(reports, "answers_paired", period, force) == (paired, sum(found.values()))


@pytest.mark.parametrize("force", FORCES)
def test_justice_steps(raws, reports, force):
    raw, period = raws[force], (date(2025, 9, 1), date(2026, 9, 1))
    mine = [s for s in raw.steps if s["case_id"] in raw.cases and n(period[0]) <= s["on_day"] < n(period[1])]
    told_of = ("suspect_interviewed", "arrested", "released_no_charge", "bailed_with_conditions", "bail_changed")
    due = [s for s in mine if s["kind"] in told_of]
    told = [s for s in due if s["told_on"] and s["told_on"] <= raw.after_working_days(s["on_day"], 5)]
    assert both(reports, "told_in_time", period, force) == (len(told), len(due))
    orders = ("spo_applied", "spo_interim_granted", "spo_full_granted", "spo_breached", "non_molestation_order")
    orders += ("restraining_order", "restraining_order_breached")
    counted = reports.frame("protective_orders", da.Slice((force,), *period, "whole")).iloc[0]["value"]
    assert counted == sum(s["kind"] in orders for s in mine) > 0
    heard = [s for s in mine if s["kind"] in ("first_hearing", "plea", "trial_listed", "sentenced")]
    known = [s for s in heard if s["advocate_present"] is not None]
    assert both(reports, "advocate_at_hearings", period, force) == (
        sum(s["advocate_present"] for s in known),
        len(known),
    )


@pytest.mark.parametrize("force", FORCES)
def test_what_is_coming(raws, reports, period, force):
    raw = raws[force]
    day = min(n(period[1]) - 1, raw.as_of)
    kinds = ("first_hearing", "plea", "trial_listed", "sentenced", "release_notified", "order_expires")
    open_ = set(raw.open_on(day))
    ahead = [
        s
        for s in raw.steps
        if s["kind"] in kinds and day < s["on_day"] <= day + 14 and s["entered_on"] <= day and s["case_id"] in open_
    ]
    rows = reports.rows("coming", da.Slice((force,), *period), da.Page(1, 500))
    assert rows.total == len(ahead)
    assert sorted(rows.frame["days"]) == [int(d) for d in rows.frame["days"]]
    told = sum(1 for s in ahead if s["told_on"] and s["told_on"] <= day)
    assert sum("has been told" in what for what in rows.frame["what"]) == told
