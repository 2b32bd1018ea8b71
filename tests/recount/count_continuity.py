"""Measures of who leads and who hands over, counted anew from the raw rows."""

from collections import Counter, defaultdict
from functools import cache

import pandas as pd

from tests.recount.count import _by_force, asked, fte_on, stock_day
from tests.recount.count_engagement import _within, engaged_on, open_days
from tests.recount.kinds import Counts, Middles, Rates, Recount, Shares, Waits
from tests.recount.raw import FOREVER, Raw

LEADS = ("0", "1", "2", "3+")


@cache
def spans_of_leads(raw: Raw) -> dict[int, list[tuple[int, int, int]]]:
    """Stretches (advocate, first day, first day no longer) in which somebody led, by case.

    Of two leads that begin on one day the later row leads; a later lead ends an earlier one.
    """
    found: dict[int, list[tuple[int, int, int]]] = {}
    for case_id, rows in raw.leads.groupby("case_id"):
        last_of_day = {row.since: row for row in rows.itertuples()}
        days = sorted(last_of_day)
        ends = [*days[1:], FOREVER]
        spans = [(last_of_day[d].advocate_id, d, min(last_of_day[d].until, e)) for d, e in zip(days, ends, strict=True)]
        found[case_id] = [span for span in spans if span[1] < span[2]]
    return found


@cache
def first_days(raw: Raw) -> dict[int, dict[int, int]]:
    """Case -> who has led -> the first day on which that is so."""
    found: dict[int, dict[int, int]] = defaultdict(dict)

    def began(case_id: int, who: int, day: int) -> None:
        found[case_id][who] = min(found[case_id].get(who, FOREVER), day)

    for case_id, spans in spans_of_leads(raw).items():
        for who, since, _ in spans:
            began(case_id, who, since)
    cover = raw.tables["allocation"]
    for row in cover[cover["role"] == "cover"].itertuples():
        until = FOREVER if pd.isna(row.until) else row.until
        if until - row.since > 14:
            began(row.case_id, row.advocate_id, row.since + 14)
    return found


def leads_by(raw: Raw, case_id: int, day: int) -> int:
    """How many people have led up to a day."""
    return sum(first <= day for first in first_days(raw).get(case_id, {}).values())


@_by_force
def leads_so_far(raw, force_id, as_of, span):
    """SPOC1: open cases by the number of leads."""
    day = stock_day(as_of, span)
    found = raw.open_on(force_id, day)
    return found.assign(leads=[LEADS[min(leads_by(raw, case_id, day), 3)] for case_id in found.index])


@_by_force
def closed_engaged(raw, force_id, as_of, span):
    """SPOC1: closed engaged cases."""
    found = raw.turned["closed_on"]
    found = _within(found[found["force_id"] == force_id], "closed_on", span, as_of)
    engaged = [i for i, closed in found["closed_on"].items() if engaged_on(raw).get(i, FOREVER) <= closed]
    found = found.loc[engaged]
    return found.assign(mark=[leads_by(raw, i, closed - 1) == 1 for i, closed in found["closed_on"].items()])


@_by_force
def usual(raw, force_id, as_of, span):
    """SPOC2: of the contacts of a closed case, the share of the advocate with most."""
    found = raw.turned["closed_on"]
    found = _within(found[found["force_id"] == force_id], "closed_on", span, as_of)
    shares = {}
    for case_id, closed in found["closed_on"].items():
        who = Counter(
            row["advocate_id"]
            for row in _met_any_day(raw)[case_id]
            if row["on_day"] <= closed and not pd.isna(row["advocate_id"])
        )
        if who.total() >= 3:
            shares[case_id] = max(who.values()) / who.total()
    return found.loc[list(shares)].assign(number=list(shares.values()))


@cache
def _met_any_day(raw: Raw) -> dict[int, list[dict]]:
    k = raw.contacts[raw.contacts["substantive"]]
    found: dict[int, list[dict]] = defaultdict(list)
    for row in k.to_dict("records"):
        found[row["case_id"]].append(row)
    return found


@cache
def _transfers(raw: Raw, force_id: int) -> pd.DataFrame:
    """Lead allocations that ended for a transfer while the case was open, with who came next."""
    a = raw.tables["allocation"]
    a = a[(a["role"] == "lead") & a["end_reason"].str.startswith("transfer_") & a["until"].notna()]
    cases = raw.cases[raw.cases["force_id"] == force_id].set_index("case_id")
    a = a[a["case_id"].isin(cases.index)].astype({"until": int})
    opened, closed = a["case_id"].map(cases["opened_on"]), a["case_id"].map(cases["closed_on"])
    a = a.assign(closed=closed)[(opened <= a["until"]) & (a["until"] < closed)]
    rows = [_next(raw, row.case_id, row.until) for row in a.itertuples()]
    a = a.assign(taken=[taken for taken, _ in rows], met=[met for _, met in rows])
    a["source"] = a["case_id"].map(cases["source"])
    a["level"] = [_level(raw, row.case_id, row.until) for row in a.itertuples()]
    a = raw.named(a, a["advocate_id"], a["case_id"].map(cases["team_id"]))
    return a.assign(reason=a["end_reason"])


def _next(raw: Raw, case_id: int, ended: int) -> tuple[int, int]:
    """Day from which the next lead leads, and the day by which they also had a contact within 7 days."""
    for who, since, until in spans_of_leads(raw).get(case_id, []):
        if until > ended:
            met = [
                row["on_day"]
                for row in _met_any_day(raw)[case_id]
                if row["advocate_id"] == who and abs(row["on_day"] - ended) <= 7
            ]
            taken = max(since, ended)
            return taken, max(taken, min(met)) if met else FOREVER
    return FOREVER, FOREVER


def _level(raw: Raw, case_id: int, day: int) -> str:
    own = raw.own[(raw.own["case_id"] == case_id) & (raw.own["assessed_on"] <= day)]
    return own["level"].iloc[-1] if len(own) else "not_assessed"


@_by_force
def transfers(raw, force_id, as_of, span):
    """SPOC3, CL13: transfers of the period, with the days to the next lead as known by the as-of day."""
    found = _within(_transfers(raw, force_id), "until", span, as_of)
    got = (found["taken"] <= as_of) & (found["taken"] <= found["closed"])
    end = found["taken"].where(got, found["closed"].clip(upper=as_of))
    return found.assign(
        got=got, waited=end - found["until"], in_time=found["met"] <= (found["until"] + 7).clip(upper=as_of)
    )


def marked(mark: str):
    """Transfers with a mark."""
    return lambda raw, slice_, span: (lambda found: found.assign(mark=found[mark]))(transfers(raw, slice_, span))


def in_post(raw: Raw, slice_, span) -> pd.DataFrame:
    """SPOC2: advocates in post and not on long absence on the last day."""
    parts = [fte_on(raw, force_id, stock_day(as_of, span)) for force_id, as_of in asked(raw, slice_).items()]
    found = pd.concat(parts, ignore_index=True)
    return found[(found["fte_hundredths"] > 0) & ~found["role"].isin(["supervisor", "manager"])]


RECOUNTS: dict[str, Recount] = {
    "lead_continuity": Shares(closed_engaged),
    "leads_so_far": Counts(leads_so_far),
    "usual_provider": Middles(usual),
    "advocates_in_post": Counts(in_post),
    "handover": Shares(marked("in_time"), within=7),
    "handover_gap": Waits(marked("got")),
    "transfer_rate": Rates(transfers, exposed=open_days(led=True), per=3000),
}
