"""What a frame must say, from the recount; and the comparison of the two."""

from collections.abc import Sequence
from math import nan

import numpy as np
import pandas as pd

import data_access as da
from tests.recount import answer_risk, count, count_caseload, count_continuity, count_engagement
from tests.recount.kinds import Waits
from tests.recount.raw import Raw, number

MISSING = (None, None, nan, nan, nan, None)  # numerator, denominator, value, lower, upper, n
# The rest are methods of Expected.
RECOUNTS = count_caseload.RECOUNTS | count_engagement.RECOUNTS | count_continuity.RECOUNTS | answer_risk.RECOUNTS
RECOUNTS["time_to_first_contact"] = Waits(
    lambda raw, slice_, span: count.waits(raw, slice_, span).rename(columns={"days_waited": "waited"})
)
Row = tuple[float | None, float | None, float, float, float, int | None]


def recounted() -> list[str]:
    """Names of the measures that can be recounted here."""
    return [name for name in da.MEASURES if name in RECOUNTS or hasattr(Expected, f"_{name}")]


class Expected:
    """Rows by (period start, keys); a row that is not in ``rows`` is an empty one."""

    def __init__(self, raw: Raw, measure: str, slice_, by: Sequence[str]):
        self.raw, self.slice, self.by = raw, slice_, tuple(by)
        self.rows: dict[tuple, Row] = {}
        self.as_of = count.asked(raw, slice_)
        self.measure = measure
        self.totals: dict[tuple, int] = {}
        self._asked = self._forces_asked()
        for span in count.spans(slice_.first, slice_.until, slice_.grain):
            if measure in RECOUNTS:
                RECOUNTS[measure].fill(self, span)
            else:
                getattr(self, f"_{measure}")(span)
        self.rows = {key: row for key, row in self.rows.items() if not self.beyond(key)}

    def beyond(self, key: tuple) -> bool:
        """Whether the data of no force that the row can hold reach into its period."""
        return all(self.as_of[force] < key[0] for force in self._forces_of(key))

    def empty(self, key: tuple) -> Row:
        """What a row without any case must say."""
        if self.beyond(key):
            return MISSING
        if self.measure in RECOUNTS:
            return RECOUNTS[self.measure].empty(self, key)
        if self.measure in ("open_cases", "referrals", "risk_of_open_cases"):
            return (0, None, 0.0, nan, nan, 0)
        if self.measure == "inflow_outflow":
            return (0, 0, 0.0, nan, nan, 0)
        if self.measure == "reached" and not self._window_over(key):
            return (None, 0, nan, nan, nan, 0)
        return (0, 0, nan, nan, nan, 0)

    def _groups(self, units: pd.DataFrame, span, by: Sequence[str] | None = None):
        by = list(self.by if by is None else by)
        if not by:
            yield (span.start,), units
            return
        for key, part in units.groupby(by, sort=False):
            yield (span.start, *key), part

    def _tallied(self, units: pd.DataFrame, span, by: Sequence[str] | None = None) -> dict[tuple, tuple[int, int]]:
        """Rows and marked rows by key."""
        by = list(self.by if by is None else by)
        if not by:
            return {(span.start,): (len(units), int(units["mark"].sum()))}
        found = units.assign(mark=units["mark"].astype(int)).groupby(by, sort=False)["mark"].agg(["size", "sum"])
        keys = found.index if len(by) > 1 else [(key,) for key in found.index]
        return {
            (span.start, *key): (int(n), int(x)) for key, n, x in zip(keys, found["size"], found["sum"], strict=True)
        }

    def _units(self, name: str, span) -> pd.DataFrame:
        return count.filtered(getattr(count, name)(self.raw, self.slice, span), self.slice)

    def _counted(self, name: str, span) -> None:
        for key, (n, _) in self._tallied(self._units(name, span), span).items():
            self.rows[key] = (n, None, float(n), nan, nan, n)

    def _open_cases(self, span) -> None:
        self._counted("open_cases", span)

    def _referrals(self, span) -> None:
        self._counted("referrals", span)

    def _risk_of_open_cases(self, span) -> None:
        self._counted("risk_of_open_cases", span)

    def _inflow_outflow(self, span) -> None:
        came = self._tallied(self._units("opened", span), span)
        went = self._tallied(self._units("closed", span), span)
        for key in came | went:
            a, b = came.get(key, (0, 0))[0], went.get(key, (0, 0))[0]
            self.rows[key] = (a, b, float(a - b), nan, nan, a + b)

    def _share(self, name: str, span) -> None:
        for key, (n, x) in self._tallied(self._units(name, span), span).items():
            self.rows[key] = _share(x, n)

    def _review_overdue(self, span) -> None:
        self._share("review_overdue", span)

    def _contact_success(self, span) -> None:
        self._share("contact_success", span)

    def _reached(self, span) -> None:
        self._share("reached", span)
        for key in [key for key in self.rows if key[0] == span.start and not self._window_over(key)]:
            self.rows[key] = (None, self.rows[key][1], nan, nan, nan, self.rows[key][5])

    def _window_over(self, key: tuple) -> bool:
        """Whether 28 days are over for the whole period, in every force that the row can hold."""
        spans = {s.start: s.end for s in count.spans(self.slice.first, self.slice.until, self.slice.grain)}
        return all(spans[key[0]] - 1 + 28 <= self.as_of[force] for force in self._forces_of(key))

    def _forces_asked(self) -> list[int]:
        """Forces that hold one of the teams and of the advocates asked for."""
        forces = set(self.as_of)
        for kind, wanted in (("team", self.slice.teams), ("advocate", self.slice.advocates)):
            if wanted:
                table = self.raw.tables[kind]
                forces &= set(table.loc[table["code"].isin(wanted), "force_id"])
        return sorted(forces) or list(self.as_of)

    def _forces_of(self, key: tuple) -> list[int]:
        named = dict(zip(self.by, key[1:], strict=True))
        if "force" in named:
            return [self.raw.force_ids[named["force"]]]
        for kind in ("team", "advocate"):
            if named.get(kind, "none") not in ("none", "not_in_post"):
                table = self.raw.tables[kind]
                found = table.loc[table["code"] == named[kind], "force_id"]
                return [force for force in found if force in self.as_of]
        return self._asked

    def _level_movement(self, span) -> None:
        units = pd.concat([self._units("movement_open", span), self._units("movement_closed", span)])
        cells = {key: n for key, (n, _) in self._tallied(units, span).items()}
        without = [name for name in self.by if name != "to_level"]
        totals = {key: n for key, (n, _) in self._tallied(units, span, without).items()}
        place = 1 + self.by.index("to_level")
        self.totals |= totals
        for key, n in cells.items():
            self.rows[key] = _share(n, totals[key[:place] + key[place + 1 :]])

    def _cases_per_fte(self, span) -> None:
        led, posts = [], []
        for force_id, as_of in self.as_of.items():
            day = count.stock_day(as_of, span)
            code = next(c for c, i in self.raw.force_ids.items() if i == force_id)
            cases = self.raw.open_on(force_id, day)
            cases = cases[cases["lead_id"].notna()].assign(force=code)
            post = count.fte_on(self.raw, force_id, day)
            post = post[~post["role"].isin(["supervisor", "manager"])]
            cases["person"] = cases["advocate"]
            at_work = post.loc[post["fte_hundredths"] > 0, "advocate_id"]
            cases.loc[~cases["lead_id"].isin(at_work), "advocate"] = "not_in_post"
            led.append(cases)
            posts.append(post.assign(person=post["advocate"]))
        cases, post = (self._picked(pd.concat(x, ignore_index=True)) for x in (led, posts))
        with_lead = {key: len(part) for key, part in self._groups(cases, span)}
        whole = {key: int(part["fte_hundredths"].sum()) / 100 for key, part in self._groups(post, span)}
        for key in with_lead | whole:
            n, fte = with_lead.get(key, 0), whole.get(key, 0.0)
            if n or fte:  # somebody away for long with no case has no row
                self.rows[key] = (n, fte, n / fte if fte else nan, nan, nan, n)

    def _picked(self, rows: pd.DataFrame) -> pd.DataFrame:
        if self.slice.teams:
            rows = rows[rows["team"].isin(self.slice.teams)]
        if self.slice.advocates:
            rows = rows[rows["person"].isin(self.slice.advocates)]
        return rows


def _share(x: int, n: int) -> Row:
    lower, upper = count.wilson(x, n)
    return (x, n, x / n if n else nan, lower, upper, n)


def assert_same(raw: Raw, frame: pd.DataFrame, measure: str, slice_, by: Sequence[str]) -> int:
    """Compare a frame with the recount, every row of either; gives the number of rows that hold something."""
    always = getattr(da.MEASURES[measure].kind, "always", ())
    by = (*by, *(name for name in always if name not in by))
    expected = Expected(raw, measure, slice_, by)
    starts = [number(day.date()) for day in frame["period_start"]]
    keys = list(zip(starts, *(frame[name] for name in by), strict=True))
    assert len(set(keys)) == len(keys), "two rows of one key"
    missing = set(expected.rows) - set(keys)
    assert not missing, (measure, by, sorted(missing, key=str)[:5])
    columns = ["numerator", "denominator", "value", "lower", "upper", "n"]
    wanted = pd.DataFrame([expected.rows.get(key) or _empty(expected, key) for key in keys], columns=columns)
    said, wanted = (part[columns].astype("Float64").to_numpy(float, na_value=nan) for part in (frame, wanted))
    wrong = ~np.isclose(said, wanted, rtol=1e-9, atol=1e-9, equal_nan=True).all(axis=1)
    assert not wrong.any(), (
        measure,
        slice_,
        by,
        columns,
        [(keys[i], said[i].tolist(), wanted[i].tolist()) for i in np.flatnonzero(wrong)[:3]],
    )
    return len(expected.rows)


def _empty(expected: Expected, key: tuple) -> Row:
    """A movement's empty cell has the denominator of its intake level."""
    if expected.measure == "level_movement" and not expected.beyond(key):
        place = 1 + expected.by.index("to_level")
        return _share(0, expected.totals.get(key[:place] + key[place + 1 :], 0))
    return expected.empty(key)
