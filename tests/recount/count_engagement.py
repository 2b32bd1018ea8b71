"""Measures of engagement, counted anew from the raw rows, case by case and day by day."""

from collections import defaultdict
from functools import cache

import numpy as np
import pandas as pd

from tests.recount.count import Span, _by_force, asked
from tests.recount.kinds import Middles, Mixes, Rates, Recount, Shares, Sums, Waits
from tests.recount.raw import FOREVER, Raw

TRIES = ("0", "1", "2", "3", "4", "5", "6+")
ADMINISTRATIVE = ("opened_in_error", "duplicate", "not_stalking_redirected", "service_ended", "deceased")
UNPLANNED = (
    "victim_disengaged",
    "victim_declined_after_engaging",
    "never_engaged",
    "unable_to_contact",
    "unsafe_to_contact",
)
ORDER = (
    "referred",
    "triaged",
    "allocated",
    "contact_attempted",
    "engaged",
    "assessed",
    "plan_in_place",
    "active_support",
    "stepped_down",
)


def day_of(value) -> int | None:
    """A day number, None where it is empty."""
    return None if pd.isna(value) else int(value)


@cache
def to_victim(raw: Raw) -> dict[int, list[dict]]:
    """Contacts and attempts with the victim of each case from its receipt on, in order of time."""
    c = raw.cases.set_index("case_id")
    k = raw.contacts[(raw.contacts["with_whom"] == "victim") & raw.contacts["case_id"].isin(c.index)]
    k = k[k["on_day"] >= k["case_id"].map(c["received_on"])]
    late = k["at_minute"].fillna(10**12)
    k = k.assign(late=late).sort_values(["on_day", "late", "source_id"], kind="stable")
    found: dict[int, list[dict]] = defaultdict(list)
    for row in k.to_dict("records"):
        found[row["case_id"]].append(row)
    return found


def tries(rows: list[dict]) -> str:
    """Attempts among the rows, as the bins say it."""
    attempts = [row["channel"] for row in rows if row["attempt"]]
    calls = sum(channel != "text" for channel in attempts)
    return TRIES[min(calls, 6)] if calls or not attempts else "text_only"


@cache
def holidays(raw: Raw) -> frozenset[int]:
    """Bank holidays as day numbers."""
    return frozenset(raw.tables["bank_holiday"]["on_day"])


def after_working_days(raw: Raw, day: int, days: int) -> int:
    """The last day of so many working days after a day, found day by day."""
    while days:
        day += 1
        days -= (day + 3) % 7 < 5 and day not in holidays(raw)
    return day


@cache
def received_minutes(raw: Raw) -> dict[int, float]:
    """Minute of receipt of the opening referral, by case."""
    r = raw.tables["referral"]
    r = r[r["opens_case"].astype(bool) & r["case_id"].notna()]
    return dict(zip(r["case_id"].astype(int), r["received_minute"], strict=True))


def first_attempt(raw: Raw, case_id: int, received: int) -> tuple[int, int] | None:
    """Day of the first attempt, and the minutes to it at most."""
    at, best = received_minutes(raw).get(case_id), None
    for row in to_victim(raw)[case_id]:
        known = not pd.isna(at) and not pd.isna(row["at_minute"])
        if not row["attempt"] or (known and row["at_minute"] < at) or (best and row["on_day"] > best[0]):
            continue
        took = int(row["at_minute"] - at) if known else 1440 * (row["on_day"] - received + 1)
        best = (row["on_day"], min(took, best[1]) if best else took)
    return best


@cache
def engaged_on(raw: Raw) -> dict[int, int]:
    """Day from which a case counts as engaged, by case."""
    own = raw.own.groupby("case_id")["assessed_on"].apply(list).to_dict()
    found = {}
    for case_id, received in zip(raw.cases["case_id"], raw.cases["received_on"], strict=True):
        rows = to_victim(raw)[case_id]
        met = sorted({row["on_day"] for row in rows if row["substantive"]})
        if not met or met[0] > received + 28:
            continue
        assessed = [day for day in own.get(case_id, []) if day >= received]
        assessed += [
            row["on_day"]
            for row in rows
            if row["outcome"] == "successful" and "assessment" in row["purposes"].split(",")
        ]
        again = [day for day in met[1:] if day <= met[0] + 42]
        by_then = [day for day in assessed if day <= met[0] + 42]
        if again and by_then:
            found[case_id] = max(min(again), min(by_then))
    return found


def lapsed(raw: Raw, case_id: int, closed: int, as_of: int) -> bool:
    """Whether 28 days in a row went without a contact or a hold, gone through day by day."""
    met = {row["on_day"] for row in to_victim(raw)[case_id] if row["substantive"]}
    held = holds(raw).get(case_id, [])
    run = 0
    for day in range(engaged_on(raw)[case_id] + 1, min(closed - 1, as_of) + 1):
        touched = day in met or any(since <= day < until for since, until in held)
        run = 0 if touched else run + 1
        if run == 28:
            return True
    return False


@cache
def holds(raw: Raw) -> dict[int, list[tuple[int, int]]]:
    """Stretches on hold, by case."""
    s = raw.tables["case_stage_event"]
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in s[s["stage"] == "on_hold"].itertuples():
        found[row.case_id].append((row.since, FOREVER if pd.isna(row.until) else int(row.until)))
    return found


@cache
def _approaches(raw: Raw, force_id: int, as_of: int) -> pd.DataFrame:
    """Every case of a force with what is known of its beginning by the as-of day."""
    cases = raw.received[raw.received["force_id"] == force_id].copy()
    people = raw.tables["victim"].set_index("victim_id")
    for name in ("sex", "age_band", "ethnicity", "disability"):
        cases[name] = cases["victim_id"].map(people[name])
    rows = []
    for case_id, received, closed in zip(cases.index, cases["received_on"], cases["closed_on"], strict=True):
        tried = first_attempt(raw, case_id, received)
        on, minutes = tried if tried else (FOREVER, 0)
        got = on <= min(as_of, closed)
        due = after_working_days(raw, received, 2)
        engaged = engaged_on(raw).get(case_id, FOREVER)
        rows.append(
            {
                "got": got,
                "waited": minutes if got else (min(closed, as_of) - received) * 1440,
                "in_24": on <= as_of and minutes <= 1440,
                "in_48": on <= as_of and minutes <= 2880,
                "in_2wd": on <= min(as_of, due),
                "due_open": due > as_of,
                "engaged": engaged <= as_of,
                "sustained": engaged <= as_of and not lapsed(raw, case_id, closed, as_of),
                "attempts": _before_contact(raw, case_id),
            }
        )
    return cases.assign(**pd.DataFrame(rows, index=cases.index).to_dict("series"))


def _before_contact(raw: Raw, case_id: int) -> str:
    before = []
    for row in to_victim(raw)[case_id]:
        if row["substantive"]:
            return tries(before)
        before.append(row)
    return ""


def _within(rows: pd.DataFrame, day: str, span: Span, as_of: int) -> pd.DataFrame:
    return rows[(rows[day] >= span.start) & (rows[day] < span.end) & (rows[day] <= as_of)]


def cohort(mark: str, waiting: str = ""):
    """Cases by the day of receipt, with a mark."""

    @_by_force
    def units(raw, force_id, as_of, span):
        found = _within(_approaches(raw, force_id, as_of), "received_on", span, as_of)
        found = found.assign(mark=found[mark])
        return found.assign(waiting=found[waiting]) if waiting else found

    return units


@_by_force
def settled(raw, force_id, as_of, span):
    """EN15: cases by the day of receipt whose 70 days are over."""
    found = _within(_approaches(raw, force_id, as_of), "received_on", span, as_of)
    return found[found["received_on"] + 70 <= as_of].assign(mark=lambda rows: rows["engaged"])


@_by_force
def reached_cases(raw, force_id, as_of, span):
    """EN4: cases by the day of the first substantive contact."""
    return _within(_approaches(raw, force_id, as_of), "first", span, as_of)


@cache
def _closed(raw: Raw, force_id: int) -> pd.DataFrame:
    """Every closed case of a force with how it ended."""
    cases = raw.turned["closed_on"]
    cases = cases[cases["force_id"] == force_id].copy()
    stages = raw.tables["case_stage_event"]
    stages = stages[stages["stage"].isin(ORDER)]
    furthest, number_of = {}, {}
    for row in stages.itertuples():
        if row.case_id in cases.index and row.since <= cases.at[row.case_id, "closed_on"]:
            furthest[row.case_id] = max(furthest.get(row.case_id, -1), ORDER.index(row.stage))
    for case_id, closed in cases["closed_on"].items():
        number_of[case_id] = tries([row for row in to_victim(raw)[case_id] if row["on_day"] <= closed])
    cases["stage"] = [ORDER[furthest[i]] if i in furthest else "not_recorded" for i in cases.index]
    cases["attempts"] = pd.Series(number_of, dtype=object)
    return cases.assign(reason=cases["closure_reason"], mark=cases["closure_reason"].isin(UNPLANNED))


@_by_force
def unreachable(raw, force_id, as_of, span):
    """EN4: closed as unable to contact."""
    found = _within(_closed(raw, force_id), "closed_on", span, as_of)
    return found[found["reason"] == "unable_to_contact"]


@_by_force
def endings(raw, force_id, as_of, span):
    """EN9: closed, without administrative reasons."""
    found = _within(_closed(raw, force_id), "closed_on", span, as_of)
    return found[~found["reason"].isin(ADMINISTRATIVE)]


def referred(raw: Raw, slice_, span: Span) -> pd.DataFrame:
    """EN2 and EN14: referrals with their delay and who referred."""
    parts = []
    for force_id, as_of in asked(raw, slice_).items():
        r = raw.referred[raw.referred["force_id"] == force_id]
        r = _within(r, "received_on", span, as_of)
        parts.append(r.assign(force=next(code for code, i in raw.force_ids.items() if i == force_id)))
    found = pd.concat(parts, ignore_index=True)
    delay = found["received_on"] - found["reported_on"]
    found["number"] = delay.where(delay >= 0)
    found["delay"] = [_band(days) for days in delay]
    named = {"police": "police", "self": "self", "not_recorded": "not_recorded"}
    return found.assign(referrer=found["source"].map(named).fillna("others"))


def _band(days: float) -> str:
    if pd.isna(days):
        return "not_recorded"
    if days < 0:
        return "reported_later"
    edges = ((2, "0-2"), (7, "3-7"), (14, "8-14"), (28, "15-28"))
    return next((name for last, name in edges if days <= last), "29+")


@cache
def with_anybody(raw: Raw) -> pd.DataFrame:
    """All contacts and attempts on cases in scope, with the level and the lead of their own day."""
    about = raw.cases[["case_id", "source", "team_id", "opened_on", "closed_on"]]
    k = raw.contacts.merge(about, on="case_id").sort_values("on_day", kind="stable")
    own = raw.own[["case_id", "assessed_on", "level"]]
    k = pd.merge_asof(k, own, left_on="on_day", right_on="assessed_on", by="case_id")
    leads = raw.leads[["case_id", "since", "until", "advocate_id"]].rename(columns={"advocate_id": "lead_id"})
    k = pd.merge_asof(k, leads, left_on="on_day", right_on="since", by="case_id")
    k["lead_id"] = k["lead_id"].where(k["until"] > k["on_day"])
    k = raw.named(k, k["lead_id"], k["team_id"])
    return k.assign(level=k["level"].fillna("not_assessed"))


def contacts(keep):
    """Contacts of the period that a test keeps."""

    @_by_force
    def units(raw, force_id, as_of, span):
        k = with_anybody(raw)
        k = _within(k[k["force_id"] == force_id], "on_day", span, as_of)
        return keep(k)

    return units


def while_open(k: pd.DataFrame) -> pd.DataFrame:
    """EN10: substantive, on days on which the case was open."""
    return k[k["substantive"] & (k["opened_on"] <= k["on_day"]) & (k["on_day"] < k["closed_on"])]


def made_by(k: pd.DataFrame) -> pd.DataFrame:
    """SPOC2: substantive contacts, by whom."""
    k = k[k["substantive"]]
    who = np.where(k["advocate_id"] == k["lead_id"], "lead", "another")
    who = np.where(k["lead_id"].isna(), "nobody_led", who)
    return k.assign(made_by=np.where(k["advocate_id"].isna(), "not_recorded", who))


def lengths(k: pd.DataFrame) -> pd.DataFrame:
    """EN11: one row for each length that could be recorded."""
    away = k["channel"].isin(["face_to_face_home", "face_to_face_court", "face_to_face_other"])
    travel = k[away | k["travel_minutes"].notna()]
    return pd.concat(
        [
            k.assign(time_with=k["with_whom"], minutes=k["duration_minutes"]),
            travel.assign(time_with="travel", minutes=travel["travel_minutes"]),
        ]
    )


def open_days(led: bool):
    """Days that cases were open (or led) in the period, one row for each case and day."""

    @_by_force
    def units(raw, force_id, as_of, span):
        parts = [raw.open_on(force_id, day) for day in range(span.start, min(span.end - 1, as_of) + 1)]
        found = pd.concat(parts) if parts else raw.open_on(force_id, 0)
        found = found[found["lead_id"].notna()] if led else found
        return found.assign(spent=1)

    return units


_talked = contacts(lambda k: k[(k["with_whom"] == "victim") & (k["outcome"] == "successful")])
RECOUNTS: dict[str, Recount] = {
    "time_to_first_attempt": Waits(cohort("got"), step=60, longest=336),
    "attempted_in_24_hours": Shares(cohort("in_24"), within=1),
    "attempted_in_48_hours": Shares(cohort("in_48"), within=2),
    "attempted_in_two_working_days": Shares(cohort("in_2wd", "due_open"), within=0),
    "attempts_before_contact": Mixes(reached_cases, part="attempts"),
    "attempts_before_unreachable": Mixes(unreachable, part="attempts"),
    "engaged": Shares(cohort("engaged"), within=70),
    "engaged_by_group": Shares(settled),
    "sustained": Shares(cohort("sustained"), within=70),
    "disengagement": Shares(endings),
    "referrer_delay": Middles(referred),
    "referrer_delay_bands": Mixes(referred, part="delay"),
    "non_police_referrals": Mixes(referred, part="referrer"),
    "contact_intensity": Rates(contacts(while_open), exposed=open_days(led=False), per=28),
    "contact_time": Sums(contacts(lengths)),
    "channel_mix": Mixes(_talked, part="channel"),
    "contact_by_lead": Mixes(contacts(made_by), part="made_by"),
}
