"""Measures of capacity, waiting, age and length, counted anew from the raw rows."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from math import exp, log, nan, sqrt

import numpy as np
import pandas as pd

from tests.recount import count
from tests.recount.count import _by_force, asked, fte_on, stock_day
from tests.recount.kinds import Counts, Mixes, Recount, Shares, Units, Waits
from tests.recount.raw import FOREVER, Raw

SUPERVISING = ("supervisor", "manager")
WEIGHT = {"high": 150, "medium": 100, "standard": 70, "not_assessed": 100}
LONGEST = {"high": 14, "medium": 28, "standard": 42, "not_assessed": 14}  # days, of a contact and of a touch
PLANNED = (
    "needs_met_planned",
    "moved_area_transferred",
    "transferred_other_service",
    "perpetrator_custody_risk_ended",
)
UNPLANNED = (
    "victim_disengaged",
    "victim_declined_after_engaging",
    "never_engaged",
    "unable_to_contact",
    "unsafe_to_contact",
)
OTHERWISE = ("not_stalking_redirected", "service_ended", "deceased")
BANDS = ((90, "0-90 days"), (180, "91-180 days"), (365, "181-365 days"), (FOREVER, "over 365 days"))
ENDINGS = ("not_recorded", "planned", "unplanned", "administrative")


@cache
def posts_on(raw: Raw, force_id: int, day: int) -> pd.DataFrame:
    """Everybody with working time on the day and not away for long."""
    found = fte_on(raw, force_id, day)
    return found[found["fte_hundredths"] > 0]


def advocates_on(raw: Raw, force_id: int, day: int) -> pd.DataFrame:
    """The advocates among them."""
    found = posts_on(raw, force_id, day)
    return found[~found["role"].isin(SUPERVISING)]


@cache
def worked_days(raw: Raw, force_id: int) -> pd.DataFrame:
    """One row for each advocate and day at work."""
    people = raw.tables["advocate"]
    people = people[(people["force_id"] == force_id) & ~people["role"].isin(SUPERVISING)]
    away, hours, rows = raw.tables["absence"], raw.tables["advocate_fte"], []
    for one in people.itertuples():
        off = away[away["advocate_id"] == one.advocate_id]
        spans = [(s, FOREVER if pd.isna(u) else u) for s, u in zip(off["since"], off["until"], strict=True)]
        long = [(s, u) for s, u in spans if u - s >= 28]
        left = FOREVER if pd.isna(one.left_on) else one.left_on
        for part in hours[hours["advocate_id"] == one.advocate_id].itertuples():
            until = min(left, FOREVER if pd.isna(part.until) else part.until, raw.as_of[force_id] + 400)
            for day in range(int(max(part.since, one.started_on, until - 1500)), int(until)):
                if not any(s <= day < u for s, u in long):
                    rows.append((raw.team_codes[one.team_id], one.code, part.fte_hundredths, day))
    found = pd.DataFrame(rows, columns=["team", "advocate", "fte_hundredths", "day"])
    return found.assign(force=count._code(raw, force_id))


def _of_posts(who) -> Units:
    def units(raw, slice_, span):
        parts = [who(raw, force_id, stock_day(as_of, span)) for force_id, as_of in asked(raw, slice_).items()]
        return pd.concat(parts, ignore_index=True)

    return units


advocates = _of_posts(advocates_on)
supervisors = _of_posts(lambda raw, force_id, day: posts_on(raw, force_id, day).query("role == 'supervisor'"))


@cache
def first_led(raw: Raw) -> pd.DataFrame:
    """Cases in scope with their first lead and its first day."""
    c = raw.cases.set_index("case_id")
    leads = raw.first_leads(pd.Series(FOREVER, index=c.index))
    since = raw.leads.groupby("case_id")["since"].min().reindex(c.index).fillna(FOREVER).astype(int)
    return raw.named(c, leads, c["team_id"]).assign(led_on=since)


@dataclass(frozen=True)
class Years(Recount):
    """First leads of the 365 days, and the mean whole-time posts of the same days."""

    def fill(self, expected, span):
        given, worked = defaultdict(int), defaultdict(int)
        for force_id, as_of in asked(expected.raw, expected.slice).items():
            last = stock_day(as_of, span)
            led = first_led(expected.raw)
            led = led[(led["force_id"] == force_id) & (led["led_on"] > last - 365) & (led["led_on"] <= last)]
            led = led.assign(force=count._code(expected.raw, force_id))
            for key, part in expected._groups(count.filtered(led, expected.slice), span):
                given[key] += len(part)
            posts = worked_days(expected.raw, force_id)
            posts = posts[(posts["day"] > last - 365) & (posts["day"] <= last)]
            for key, part in expected._groups(count.filtered(posts, expected.slice), span):
                worked[key] += int(part["fte_hundredths"].sum())
        for key in given.keys() | worked.keys():
            n, mean = given[key], worked[key] / 36500
            if n or mean:
                expected.rows[key] = (n, mean, n / mean if mean else nan, nan, nan, n)


@dataclass(frozen=True)
class Weights(Recount):
    """Rows and the sum of their weights in points."""

    def fill(self, expected, span):
        for key, part in self.parts(expected, span, expected.by):
            expected.rows[key] = (len(part), None, part["weight"].sum() / 100, nan, nan, len(part))

    def empty(self, expected, key):
        return (0, None, 0.0, nan, nan, 0)


@_by_force
def weighted(raw, force_id, as_of, span):
    """CL4."""
    found = raw.open_on(force_id, stock_day(as_of, span))
    found = found[found["lead_id"].notna()]
    return found.assign(weight=found["level"].map(WEIGHT).where(~found["held"], 30))


@dataclass(frozen=True)
class Ratios(Recount):
    """Rows for each row of another kind."""

    whole: Units = Units

    def fill(self, expected, span):
        above, below = (
            {key: len(part) for key, part in Recount(units).parts(expected, span, expected.by)}
            for units in (self.units, self.whole)
        )
        for key in above | below:
            a, b = above.get(key, 0), below.get(key, 0)
            expected.rows[key] = (a, b, a / b if b else nan, nan, nan, a)


@_by_force
def decided(raw, force_id, as_of, span):
    """CL6: referrals by the day of their decision."""
    r = raw.referred
    r = r[(r["force_id"] == force_id) & (r["decision"] != "not_recorded") & r["decided_on"].notna()]
    r = r[(r["decided_on"] >= span.start) & (r["decided_on"] < span.end) & (r["decided_on"] <= as_of)]
    return r.assign(mark=r["decision"].isin(["accepted", "accepted_advice_only", "consultation_only"]))


@cache
def working_days(raw: Raw) -> tuple[int, ...]:
    """Monday to Friday without the bank holidays, around all referrals."""
    days = raw.tables["referral"]["received_on"]
    off = set(raw.tables["bank_holiday"]["on_day"])
    # Day 0 of 1970 was a Thursday.
    return tuple(d for d in range(int(days.min()) - 40, int(days.max()) + 90) if (d + 3) % 7 < 5 and d not in off)


def after(raw: Raw, day: int, number: int) -> int:
    """The last of so many working days after a day."""
    return [d for d in working_days(raw) if d > day][number - 1]


@_by_force
def undecided(raw, force_id, as_of, span):
    """CL6: two working days after the receipt are over, and no decision."""
    day = stock_day(as_of, span)
    r = raw.referred
    r = r[(r["force_id"] == force_id) & (r["received_on"] <= day)]
    waits = ((r["decision"] == "not_recorded") & r["decided_on"].isna()) | (r["decided_on"] > day)
    r = r[waits]
    return r[np.array([after(raw, on, 2) < day for on in r["received_on"]], dtype=bool)]


@dataclass(frozen=True)
class PerPopulation(Recount):
    """Referrals for 10,000 adults and 365 days."""

    def fill(self, expected, span):
        events = {key: len(part) for key, part in self.parts(expected, span, expected.by)}
        for key in events:
            expected.rows[key] = self._row(expected, key, events[key], span)

    def empty(self, expected, key):
        spans = count.spans(expected.slice.first, expected.slice.until, expected.slice.grain)
        return self._row(expected, key, 0, next(span for span in spans if span.start == key[0]))

    def _row(self, expected, key, x, span):
        named = dict(zip(expected.by, key[1:], strict=True))
        table = expected.raw.tables["force"].set_index("force_id")["adult_population"]
        days = 0
        for force_id, as_of in expected.as_of.items():
            if named.get("force", count._code(expected.raw, force_id)) == count._code(expected.raw, force_id):
                days += int(table[force_id]) * max(min(span.end, as_of + 1) - span.start, 0)
        if not days:
            return (x, 0, nan, nan, nan, x)
        from scipy.stats import chi2

        scale = 10_000 * 365 / days
        low = chi2.ppf(0.025, 2 * x) / 2 if x else 0.0
        return (x, days, x * scale, low * scale, chi2.ppf(0.975, 2 * x + 2) / 2 * scale, x)


@_by_force
def aged(raw, force_id, as_of, span):
    """CL8."""
    found = raw.open_on(force_id, stock_day(as_of, span))
    age = found["day"] - found["opened_on"]
    return found.assign(age=[next(name for limit, name in BANDS if a <= limit) for a in age])


@_by_force
def without_lead(raw, force_id, as_of, span):
    """CL10."""
    found = raw.open_on(force_id, stock_day(as_of, span))
    found = found[found["lead_id"].isna()]
    return found.assign(list=np.where(found["waiting"], "waiting_list", "no_lead_yet"))


@cache
def _accepted(raw: Raw) -> pd.DataFrame:
    referral = raw.tables["referral"]
    opening = referral[referral["opens_case"].astype(bool) & referral["case_id"].notna()].set_index("case_id")
    found = first_led(raw)
    decided_on = pd.Series(found.index.map(opening["decided_on"]), index=found.index)
    return found.assign(accepted_on=decided_on.fillna(found["opened_on"]).astype(int))


@_by_force
def led(raw, force_id, as_of, span):
    """CL10: days from the decision to the first lead."""
    c = _accepted(raw)
    c = c[(c["force_id"] == force_id) & (c["accepted_on"] >= span.start) & (c["accepted_on"] < span.end)]
    c = c[c["accepted_on"] <= as_of]
    end = np.minimum(c["closed_on"], as_of)
    got = c["led_on"] <= end
    waited = np.maximum(np.where(got, c["led_on"], end) - c["accepted_on"], 0).astype(int)
    return c.assign(waited=waited, mark=got)


@cache
def contact_days(raw: Raw) -> dict[int, list[int]]:
    """Days of substantive contact by case."""
    k = raw.contacts[raw.contacts["substantive"]]
    return k.groupby("case_id")["on_day"].apply(list).to_dict()


@cache
def touch_days(raw: Raw) -> dict[int, list[int]]:
    """Days on which anything was done, by case."""
    found: dict[int, list[int]] = defaultdict(list)
    done = raw.tables["agency_action"].dropna(subset=["done_on"])
    for table, day in (
        (raw.contacts, "on_day"),
        (raw.own, "assessed_on"),
        (raw.tables["case_discussion"], "held_on"),
        (done, "done_on"),
    ):
        for case_id, on in zip(table["case_id"], table[day], strict=True):
            found[case_id].append(int(on))
    return found


def late(days) -> Units:
    """Open cases not on hold; marked when the last of the days, or the opening, is longer ago than the level allows."""

    @_by_force
    def units(raw, force_id, as_of, span):
        day = stock_day(as_of, span)
        found = raw.open_on(force_id, day)
        found = found[~found["held"]].drop(columns="waiting")  # there the waiting list, in a share an open window
        known = days(raw)
        last = [
            max([opened, *(d for d in known.get(case_id, []) if opened < d <= day)])
            for case_id, opened in found["opened_on"].items()
        ]
        return found.assign(mark=(day - np.array(last)) > found["level"].map(LONGEST).to_numpy())

    return units


@_by_force
def supports(raw, force_id, as_of, span):
    """CL9: supports begun in the period, as known by the as-of day."""
    found = _supports(raw, force_id, as_of)
    return found[(found["begun"] >= span.start) & (found["begun"] < span.end)]


@cache
def _supports(raw: Raw, force_id: int, as_of: int) -> pd.DataFrame:
    c = raw.turned["opened_on"]
    c = c[(c["force_id"] == force_id) & (c["opened_on"] <= as_of)].sort_values(["opened_on", "source_id"])
    chains: dict[object, list[list]] = defaultdict(list)
    for case_id, row in c.iterrows():
        pair = case_id * -1 if pd.isna(row["link_id"]) else row["link_id"]
        known = chains[pair]
        if known and row["opened_on"] <= max(one["closed_on"] for one in known[-1]) + 30:
            known[-1].append(row)
        else:
            known.append([row])
    rows = []
    for chain in (chain for of_pair in chains.values() for chain in of_pair):
        begun, ended = chain[0]["opened_on"], max(one["closed_on"] for one in chain)
        rows.append(
            {
                **{key: chain[0][key] for key in ("team", "advocate", "level", "source")},
                "begun": begun,
                "waited": min(ended, as_of) - begun,
                "mark": ended <= as_of,
                "ending": _group(chain[-1]["closure_reason"]),
            }
        )
    columns = ["team", "advocate", "level", "source", "begun", "waited", "mark", "ending"]
    return pd.DataFrame(rows, columns=columns).astype({"mark": bool})


def _group(reason: str) -> str:
    for name, reasons in (("planned", PLANNED), ("unplanned", UNPLANNED), ("administrative", OTHERWISE)):
        if reason in reasons:
            return name
    return "not_recorded"


def incidence(days: list[int], ends: list[str], kind: str) -> list[tuple[int, float, float, float]]:
    """(day, share with the end by it, limits) at each day on which anybody ends, written out term by term."""
    times = sorted({d for d, e in zip(days, ends, strict=True) if e})
    steps, still, found = [], 1.0, []
    for t in times:
        n = sum(1 for d in days if d >= t)
        every = sum(1 for d, e in zip(days, ends, strict=True) if e and d == t)
        own = sum(1 for d, e in zip(days, ends, strict=True) if e == kind and d == t)
        steps.append((t, n, every, own, still))
        still *= 1 - every / n
    for place, (t, *_) in enumerate(steps):
        shares = list(np.cumsum([s * own / n for _, n, _, own, s in steps[: place + 1]]))
        total, variance = shares[-1], 0.0
        for share, (_, n, every, own, s) in zip(shares, steps[: place + 1], strict=True):
            gap = total - share
            variance += gap**2 * every / (n * (n - every)) if n > every else 0.0
            variance += s**2 * own * (n - own) / n**3 - 2 * gap * s * own / n**2
        if 0 < total < 1:
            power = exp(count.Z * sqrt(max(variance, 0.0)) / ((1 - total) * abs(log(1 - total))))
            found.append((t, total, 1 - (1 - total) ** (1 / power), 1 - (1 - total) ** power))
        else:
            found.append((t, total, nan, nan))
    return found


@dataclass(frozen=True)
class Ends(Recount):
    """The share of each end by each day, or within 365 days."""

    def fill(self, expected, span):
        others = [name for name in expected.by if name not in ("ending", "days")]
        for key, part in self.parts(expected, span, others):
            if not len(part):
                continue
            days = part["waited"].tolist()
            ends = part["ending"].where(part["mark"], "").tolist()
            named = dict(zip(others, key[1:], strict=True))
            for kind in ENDINGS:
                steps = incidence(days, ends, kind)
                asked_for = range(min(max(days), 730) + 1) if "days" in expected.by else (365,)
                for moment in asked_for:
                    whole = {**named, "ending": kind, "days": moment}
                    row = self._row(days, ends, kind, steps, moment, "days" in expected.by)
                    expected.rows[(span.start, *(whole[name] for name in expected.by))] = row

    @staticmethod
    def _row(days, ends, kind, steps, moment, daily):
        done = [step for step in steps if step[0] <= moment]
        value, lower, upper = done[-1][1:] if done else (0.0, nan, nan)
        settled = all(e for d, e in zip(days, ends, strict=True) if d == max(days))  # nobody was left without an end
        if moment > max(days) and not settled:
            value = lower = upper = nan
        if value == 0:
            lower = upper = nan
        if daily:
            at_risk = sum(1 for d in days if d >= moment)
            seen = sum(1 for d, e in zip(days, ends, strict=True) if e == kind and d == moment)
            return (seen, at_risk, value, lower, upper, len(days))
        seen = sum(1 for d, e in zip(days, ends, strict=True) if e == kind and d <= moment)
        return (seen, len(days), value, lower, upper, len(days))


RECOUNTS: dict[str, Recount] = {
    "throughput": Years(advocates),
    "weighted_caseload": Weights(weighted),
    "supervisor_span": Ratios(advocates, supervisors),
    "cases_per_supervisor": Ratios(count.open_cases, supervisors),
    "acceptance": Shares(decided),
    "undecided": Counts(undecided),
    "referrals_per_population": PerPopulation(count.referrals),
    "case_age": Mixes(aged, "age"),
    "waiting_list": Counts(without_lead),
    "days_to_lead": Waits(led),
    "untouched": Shares(late(touch_days)),
    "contact_overdue": Shares(late(contact_days)),
    "case_length": Waits(supports),
    "case_endings": Ends(supports),
}
