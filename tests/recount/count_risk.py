"""Risk at intake, at four months and at exit, escalations, incidents and repeats: the units of each, counted anew."""

from functools import cache

import numpy as np
import pandas as pd

from tests.recount.count import _by_force, _turning, intake
from tests.recount.raw import FOREVER, Raw

ORDER = {"standard": 1, "medium": 2, "high": 3}


def changed(start: pd.DataFrame, end: pd.DataFrame) -> pd.Series:
    """Level and tool at the end against those at the start, case by case."""
    found = {}
    for case in start.index:
        before, after = ORDER.get(start.at[case, "level"]), ORDER.get(end.at[case, "level"])
        if before is None or after is None:
            found[case] = "not_assessed"
        elif start.at[case, "tool"] != end.at[case, "tool"]:
            found[case] = "different_tool"
        else:
            found[case] = "reduced" if after < before else "raised" if after > before else "same"
    return pd.Series(found, index=start.index, dtype="object")


def _known(found: pd.DataFrame, as_of: int) -> pd.Series:
    return pd.Series(as_of, index=found.index)


@_by_force
def at_intake(raw, force_id, as_of, span):
    """RT1 and RT13."""
    found = _turning(raw, force_id, as_of, span, "opened_on")
    start = intake(raw, found, _known(found, as_of))
    return found.assign(level=start["level"].fillna("not_assessed"), mark=True)


@_by_force
def agreed(raw, force_id, as_of, span):
    """RT14: the referrer's latest level up to day 14 against our first."""
    found = _turning(raw, force_id, as_of, span, "opened_on")
    said = raw.tables["risk_assessments"]
    said = said[(said["kind"] == "referrer") & said["case_id"].isin(found.index)]
    said = said[said["assessed_on"] <= said["case_id"].map(found["opened_on"]) + 14]
    last = said.sort_values(["assessed_on", "source_id"]).groupby("case_id")["level"].last().reindex(found.index)
    own = intake(raw, found, _known(found, as_of))["level"]
    return found.assign(from_level=last.fillna("not_assessed"), to_level=own.fillna("not_assessed"), mark=True)


@cache
def _working(raw: Raw) -> frozenset[int]:
    """All days that are bank holidays."""
    return frozenset(raw.tables["bank_holiday"]["on_day"])


def fifth_working_day(raw: Raw, day: int) -> int:
    """Step by step: five times on to the next day from Monday to Friday that is no bank holiday."""
    left = 5
    while left:
        day += 1
        left -= (day + 3) % 7 < 5 and day not in _working(raw)
    return day


@_by_force
def met(raw, force_id, as_of, span):
    """RT3, by the day of the first substantive contact."""
    found = raw.received
    found = found[(found["force_id"] == force_id) & (found["first"] >= span.start) & (found["first"] < span.end)]
    found = found[found["first"] <= as_of]
    own = raw.own[raw.own["case_id"].isin(found.index)]
    own = own[own["assessed_on"] >= own["case_id"].map(found["opened_on"])]
    first = own.groupby("case_id")["assessed_on"].min().reindex(found.index).fillna(FOREVER)
    due = found["first"].map(lambda day: fifth_working_day(raw, int(day)))
    return found.assign(due=due, mark=(first <= due) & (first <= as_of), waiting=due > as_of)


@_by_force
def at_four_months(raw, force_id, as_of, span):
    """RT7: medium or high at intake, whatever became of the case."""
    found = _turning(raw, force_id, as_of, span, "opened_on")
    start = intake(raw, found, _known(found, as_of))
    found = found[start["level"].isin(["medium", "high"])]
    start = start.loc[found.index]
    own = raw.own[raw.own["case_id"].isin(found.index)]
    since = own["assessed_on"] - own["case_id"].map(found["opened_on"])
    own = own.assign(since=since, away=(since - 120).abs())
    own = own[(own["since"] >= 90) & (own["since"] <= 150)]
    # Sorted by day and row before: of one day the last row, then the nearest day, of two alike near the first.
    own = own.drop_duplicates(["case_id", "assessed_on"], keep="last")
    own = own.sort_values(["away", "since"], kind="stable")
    near = own.groupby("case_id")[["level", "tool"]].first().reindex(found.index)
    return found.assign(change=changed(start, near), level=start["level"], mark=True)


@cache
def _took_up(raw: Raw) -> pd.DataFrame:
    """First substantive contact of each case, and the day from which it counts as engaged (EN7)."""
    cases = raw.received
    rows = {case: ([], []) for case in cases.index}
    for case, day in raw.contacts[raw.contacts["substantive"]][["case_id", "on_day"]].itertuples(index=False):
        if case in rows and day >= cases.at[case, "received_on"]:
            rows[case][0].append(day)
    spoke = raw.contacts[(raw.contacts["with_whom"] == "victim") & (raw.contacts["outcome"] == "successful")]
    spoke = spoke[spoke["purposes"].map(lambda all_: "assessment" in all_.split(","))]
    done = pd.concat([raw.own[["case_id", "assessed_on"]], spoke.rename(columns={"on_day": "assessed_on"})])
    for case, day in done[["case_id", "assessed_on"]].itertuples(index=False):
        if case in rows and day >= cases.at[case, "received_on"]:
            rows[case][1].append(day)
    found = {}
    for case, (contacts, assessed) in rows.items():
        first = min(contacts, default=FOREVER)
        again = min((day for day in contacts if first < day <= first + 42), default=FOREVER)
        known = min((day for day in assessed if day <= first + 42), default=FOREVER)
        soon = first <= cases.at[case, "received_on"] + 28
        found[case] = (first, max(again, known) if soon else FOREVER)
    return pd.DataFrame.from_dict(found, orient="index", columns=["first", "engaged_on"])


def _reached(raw: Raw, found: pd.DataFrame) -> pd.DataFrame:
    """Those with a substantive contact up to closing, and whether they counted as engaged by then."""
    took_up = _took_up(raw).loc[found.index]
    engaged = np.where(took_up["engaged_on"] <= found["closed_on"], "engaged", "not_engaged")
    return found.assign(engaged=engaged)[took_up["first"] <= found["closed_on"]]


@_by_force
def at_exit(raw, force_id, as_of, span):
    """RT6: the last exit assessment known by the as-of, within 30 days of closing."""
    found = _reached(raw, _turning(raw, force_id, as_of, span, "closed_on"))
    start = intake(raw, found, _known(found, as_of))
    own = raw.own[(raw.own["kind"] == "exit") & raw.own["case_id"].isin(found.index)]
    own = own[((own["assessed_on"] - own["case_id"].map(found["closed_on"])).abs() <= 30)]
    last = own[own["assessed_on"] <= as_of].groupby("case_id")[["level", "tool"]].last().reindex(found.index)
    level = start["level"].fillna("not_assessed")
    group = level.replace({"medium": "medium_or_high", "high": "medium_or_high"})
    return found.assign(change=changed(start, last), level=level, intake=group, mark=True)


@_by_force
def said_at_exit(raw, force_id, as_of, span):
    """RT11."""
    found = _reached(raw, _turning(raw, force_id, as_of, span, "closed_on"))
    return found.assign(abuse=found["abuse_at_exit"], mark=True)


@cache
def _pairs(raw: Raw) -> pd.DataFrame:
    """For closed cases with a pair: 365 days after the last referral, and the pair's first referral after closing."""
    cases, referrals = raw.tables["cases"].set_index("case_id"), raw.tables["referral"]
    real = referrals[(referrals["decision"] != "duplicate") & referrals["case_id"].notna()]
    real = real.assign(case_id=real["case_id"].astype(int))
    real["pair"] = real["case_id"].map(cases["link_id"])
    real["void"] = real["case_id"].map(cases["closure_reason"]).isin(["opened_in_error", "duplicate"])
    found = {}
    for case in raw.cases[raw.cases["closed_on"] < FOREVER].itertuples():
        if pd.isna(case.link_id):
            continue
        own = real.loc[(real["case_id"] == case.case_id) & (real["received_on"] <= case.closed_on), "received_on"]
        later = real.loc[
            (real["pair"] == case.link_id) & ~real["void"] & (real["received_on"] > case.closed_on), "received_on"
        ]
        last = own.max() if len(own) else case.opened_on
        found[case.case_id] = (int(last) + 365, int(later.min()) if len(later) else FOREVER)
    return pd.DataFrame.from_dict(found, orient="index", columns=["due", "again"])


@_by_force
def came_back(raw, force_id, as_of, span):
    """RT12."""
    found = _turning(raw, force_id, as_of, span, "closed_on")
    pairs = _pairs(raw)
    found = found[found.index.isin(pairs.index)]
    pairs = pairs.loc[found.index]
    again = pairs["again"].where(pairs["again"] <= as_of, FOREVER)
    end = np.minimum(again, as_of)
    return found.assign(
        mark=again <= pairs["due"],
        waiting=pairs["due"] > as_of,
        got=again <= as_of,
        waited=(end - found["closed_on"]).astype(int),
    )


def returns(raw, slice_, span):
    """RT12b: the days since closing."""
    found = came_back(raw, slice_, span)
    return found.assign(mark=found["got"])


def _with_lead(raw: Raw, rows: pd.DataFrame, day: str) -> pd.DataFrame:
    """Rows of cases with the lead and team of a day of their own."""
    rows = rows.assign(on=rows[day].astype("int64")).sort_values("on", kind="stable")
    leads = raw.leads[["case_id", "since", "until", "advocate_id"]].rename(
        columns={"since": "led_since", "until": "led_until", "advocate_id": "lead_id"}
    )
    rows = pd.merge_asof(rows, leads, left_on="on", right_on="led_since", by="case_id")
    return raw.named(rows, rows["lead_id"].where(rows["led_until"] > rows["on"]), rows["team_id"])


@cache
def _assessed(raw: Raw) -> pd.DataFrame:
    """Own assessments made while the case was open, with the level before and whether it rose by the same tool."""
    own = raw.own[["case_id", "assessed_on", "level", "tool", "trigger"]].copy()
    own["before"] = own.groupby("case_id")["level"].shift()
    same = own.groupby(["case_id", "tool"])["level"].shift()
    own["raised"] = own["level"].map(ORDER) > same.map(ORDER)
    kept = own.merge(raw.cases[["case_id", "force_id", "source", "team_id", "opened_on", "closed_on"]], on="case_id")
    kept = kept[(kept["assessed_on"] >= kept["opened_on"]) & (kept["assessed_on"] < kept["closed_on"])]
    found = _with_lead(raw, kept, "assessed_on")
    return found.assign(level=found["before"].fillna("not_assessed"))


@_by_force
def assessed(raw, force_id, as_of, span):
    """RT8: every assessment; the mark says whether it is an escalation."""
    a = _assessed(raw)
    a = a[(a["force_id"] == force_id) & (a["on"] >= span.start) & (a["on"] < span.end) & (a["on"] <= as_of)]
    return a.assign(mark=a["raised"])


@_by_force
def case_days(raw, force_id, as_of, span):
    """Every open case once for every day of the period: the exposure."""
    days = range(span.start, min(span.end, as_of + 1))
    kept = ["level", "team", "advocate", "source"]
    parts = [raw.open_on(force_id, day)[kept] for day in days]
    return (pd.concat(parts) if parts else raw.open_on(force_id, as_of)[kept].head(0)).assign(mark=True)


@cache
def _high(raw: Raw) -> pd.DataFrame:
    """Each time that a case became high while open, and the first later day below high."""
    rows = []
    cases = raw.cases.set_index("case_id")
    for case, own in raw.own[raw.own["case_id"].isin(cases.index)].groupby("case_id"):
        days = own.drop_duplicates("assessed_on", keep="last")[["assessed_on", "level"]].itertuples(index=False)
        days = [(day, level) for day, level in days if day >= cases.at[case, "opened_on"]]
        before = None
        for place, (day, level) in enumerate(days):
            if level == "high" != before and day < cases.at[case, "closed_on"]:
                lowered = next((on for on, later in days[place + 1 :] if later != "high"), FOREVER)
                rows.append((case, day, lowered))
            before = level
    found = pd.DataFrame(rows, columns=["case_id", "since", "lowered"])
    found = found.merge(raw.cases[["case_id", "force_id", "source", "team_id", "closed_on"]], on="case_id")
    return _with_lead(raw, found, "since")


@_by_force
def high_times(raw, force_id, as_of, span):
    """RT9."""
    h = _high(raw)
    h = h[(h["force_id"] == force_id) & (h["since"] >= span.start) & (h["since"] < span.end) & (h["since"] <= as_of)]
    end = np.minimum(h["closed_on"], as_of)
    got = h["lowered"] <= end
    return h.assign(mark=got, waited=(np.where(got, h["lowered"], end) - h["since"]).astype(int))


@cache
def _windows(raw: Raw) -> pd.DataFrame:
    """Every whole 28 days of the cases of forces that record incidents, with what held on the last day."""
    happened = raw.tables["incident"]
    cases = raw.cases[raw.cases["force_id"].isin(happened["force_id"])].set_index("case_id")
    days = {case: rows["on_day"].to_numpy() for case, rows in happened.groupby("case_id")}
    parts = []
    for place in range(13):
        begin = cases["opened_on"] + 28 * place
        part = cases[begin + 28 <= cases["closed_on"]].copy()
        last = begin.loc[part.index] + 27
        part["incident"] = [bool(((days.get(c, np.array([])) >= d - 27) & (days.get(c, np.array([])) <= d)).any())
                            for c, d in last.items()]  # fmt: skip
        part = raw.named(part, raw.leads_at(last), part["team_id"])
        part["level"] = raw.levels_at(last)["level"].fillna("not_assessed").to_numpy()
        parts.append(part.assign(window=str(place + 1), last=last))
    return pd.concat(parts, ignore_index=True)


@_by_force
def windows(raw, force_id, as_of, span):
    """RT10, by the last of the 28 days."""
    w = _windows(raw)
    w = w[(w["force_id"] == force_id) & (w["last"] >= span.start) & (w["last"] < span.end) & (w["last"] <= as_of)]
    return w.assign(mark=w["incident"])


__all__ = [
    "agreed",
    "assessed",
    "at_exit",
    "at_four_months",
    "at_intake",
    "came_back",
    "case_days",
    "high_times",
    "met",
    "returns",
    "said_at_exit",
    "windows",
]
