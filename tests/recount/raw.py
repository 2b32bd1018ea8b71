"""The source tables as pandas frames, and what holds for a case on one day, worked out from the definitions alone."""

from datetime import date
from functools import cache

import pandas as pd
from sqlalchemy import create_engine

NAMES = (
    "force",
    "team",
    "advocate",
    "advocate_fte",
    "absence",
    "cases",
    "referral",
    "case_stage_event",
    "allocation",
    "contacts",
    "risk_assessments",
    "incident",
    "case_discussion",
    "agency_action",
    "bank_holiday",
    "data_version",
    "victim",
    "bank_holiday",
)
FOREVER = 10**7
REVIEW_WITHIN = {"high": 28, "medium": 56, "standard": 84}


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


class Raw:
    """One database, read once. ``cases`` are those in scope: full advocacy, not opened in error, no duplicate."""

    def __init__(self, url: str):
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            tables = {name: pd.read_sql(f"SELECT * FROM {name}", connection) for name in NAMES}
        engine.dispose()
        self.tables = tables
        self.force_ids = dict(zip(tables["force"]["code"], tables["force"]["force_id"], strict=True))
        self.as_of = dict(zip(tables["data_version"]["force_id"], tables["data_version"]["as_of"], strict=True))
        self.team_codes = dict(zip(tables["team"]["team_id"], tables["team"]["code"], strict=True))
        people = tables["advocate"]
        self.advocate_codes = dict(zip(people["advocate_id"], people["code"], strict=True))
        self.advocate_team = dict(zip(people["advocate_id"], people["team_id"], strict=True))
        self.cases = self._in_scope(tables["cases"], tables["referral"])
        own = tables["risk_assessments"]
        own = own[(own["agency"] == "advocacy_service") & (own["kind"] != "referrer")]
        self.own = own.sort_values(["assessed_on", "source_id"], kind="stable")
        leads = tables["allocation"]
        leads = leads[leads["role"] == "lead"].copy()
        leads["until"] = leads["until"].fillna(FOREVER).astype(int)
        self.leads = leads.sort_values(["since", "source_id"], kind="stable")
        self.contacts = self._contacts(tables["contacts"])
        self.attempts = self._attempts()
        self.referred, self.received = self._referred(), self._received()
        self.turned = {which: self._turned(which) for which in ("opened_on", "closed_on")}
        self._seen: dict[tuple[int, int], pd.DataFrame] = {}

    @staticmethod
    def _in_scope(cases: pd.DataFrame, referral: pd.DataFrame) -> pd.DataFrame:
        found = cases[
            (cases["pathway"] == "full_advocacy") & ~cases["closure_reason"].isin(["opened_in_error", "duplicate"])
        ].copy()
        opening = referral[referral["opens_case"].astype(bool) & referral["case_id"].notna()].set_index("case_id")
        found["source"] = found["case_id"].map(opening["source"]).fillna("not_recorded")
        found["received_on"] = found["case_id"].map(opening["received_on"])
        found["decision"] = found["case_id"].map(opening["decision"])
        found["closed_on"] = found["closed_on"].fillna(FOREVER).astype(int)
        return found

    @staticmethod
    def _contacts(contacts: pd.DataFrame) -> pd.DataFrame:
        found = contacts.copy()
        to_victim = found["with_whom"] == "victim"
        first_note = (found["purposes"] == "first_contact") & found["channel"].isin(["text", "letter"])
        found["substantive"] = to_victim & (found["outcome"] == "successful") & ~first_note
        found["attempt"] = to_victim & (found["direction"] == "outbound")
        return found

    def _attempts(self) -> pd.DataFrame:
        """Attempts on cases in scope with the level and the lead of their own day."""
        k = self.contacts[self.contacts["attempt"]]
        k = k.merge(self.cases[["case_id", "source", "team_id", "case_ref"]], on="case_id")
        k = k.sort_values("on_day", kind="stable")
        # merge_asof takes the last row on or before the day; both tables are sorted by day and then by source_id.
        k = pd.merge_asof(
            k, self.own[["case_id", "assessed_on", "level"]], left_on="on_day", right_on="assessed_on", by="case_id"
        )
        leads = self.leads[["case_id", "since", "until", "advocate_id"]].rename(columns={"advocate_id": "lead_id"})
        k = pd.merge_asof(k, leads, left_on="on_day", right_on="since", by="case_id")
        k["lead_id"] = k["lead_id"].where(k["until"] > k["on_day"])
        k = self.named(k, k["lead_id"], k["team_id"])
        return k.assign(level=k["level"].fillna("not_assessed"))

    def _referred(self) -> pd.DataFrame:
        """Referrals without duplicates, with the first lead of their case."""
        r = self.tables["referral"]
        r = r[r["decision"] != "duplicate"]
        ids = r["case_id"].dropna().astype(int).unique()
        first = self.first_leads(pd.Series(FOREVER, index=pd.Index(ids)))
        cases = self.tables["cases"].set_index("case_id")
        return self.named(r, r["case_id"].map(first), r["case_id"].map(cases["team_id"]))

    def _received(self) -> pd.DataFrame:
        """Cases with their first lead and first substantive contact; one before the receipt answers another."""
        c = self.cases.set_index("case_id")
        k = self.contacts[self.contacts["substantive"] & self.contacts["case_id"].isin(c.index)]
        k = k[k["on_day"] >= k["case_id"].map(c["received_on"])]
        first = k.groupby("case_id")["on_day"].min().reindex(c.index).fillna(FOREVER).astype(int)
        leads = self.first_leads(pd.Series(FOREVER, index=c.index))
        return self.named(c, leads, c["team_id"]).assign(first=first)

    def _turned(self, which: str) -> pd.DataFrame:
        """Cases with level and lead of the day of opening (closing: the last lead up to it)."""
        c = self.cases[self.cases[which] < FOREVER].set_index("case_id")
        days = c[which].astype(int)
        found = self.named(c, self.leads_at(days, still=which == "opened_on"), c["team_id"])
        return found.assign(level=self.levels_at(days)["level"].fillna("not_assessed"), day=days)

    def levels_at(self, days: pd.Series) -> pd.DataFrame:
        """For cases and days (a series by case_id): the latest own assessment on or before the day."""
        own = self.own[self.own["case_id"].isin(days.index)]
        own = own[own["assessed_on"] <= own["case_id"].map(days)]
        latest = own.groupby("case_id")[["assessed_on", "level", "tool"]].last()
        return latest.reindex(days.index)

    def leads_at(self, days: pd.Series, still: bool = True) -> pd.Series:
        """The lead that began last on or before each day; with ``still``, only if it holds on the day."""
        leads = self.leads[self.leads["case_id"].isin(days.index)]
        on = leads["case_id"].map(days)
        began = leads[leads["since"] <= on]
        last = began.groupby("case_id")[["advocate_id", "until"]].last().reindex(days.index)
        if still:
            last = last[last["until"] > days.loc[last.index]]
        return last["advocate_id"].dropna().astype(int).reindex(days.index)

    def first_leads(self, until: pd.Series) -> pd.Series:
        """The first lead of each case, if it began on or before the day (a series by case_id).

        Of two that begin on one day the later row leads; the other never held a day.
        """
        leads = self.leads[self.leads["case_id"].isin(until.index)]
        leads = leads[leads["since"] <= leads["case_id"].map(until)]
        leads = leads[leads["since"] == leads.groupby("case_id")["since"].transform("min")]
        return leads.groupby("case_id")["advocate_id"].last().reindex(until.index)

    def named(self, frame: pd.DataFrame, leads: pd.Series, case_team: pd.Series) -> pd.DataFrame:
        """The frame with ``advocate`` and ``team``: the lead's team, else that of the case."""
        frame = frame.copy()
        frame["advocate"] = leads.map(self.advocate_codes).fillna("none").to_numpy()
        team = leads.map(self.advocate_team).astype("Float64").fillna(case_team.astype("Float64"))
        frame["team"] = team.map(self.team_codes).fillna("none").to_numpy()
        return frame

    def open_on(self, force_id: int, day: int) -> pd.DataFrame:
        """In-scope cases of the force that are open on the day, with what holds on it."""
        if (force_id, day) not in self._seen:
            self._seen[force_id, day] = self._open_on(force_id, day)
        return self._seen[force_id, day]

    def _open_on(self, force_id: int, day: int) -> pd.DataFrame:
        c = self.cases
        c = c[(c["force_id"] == force_id) & (c["opened_on"] <= day) & (c["closed_on"] > day)].set_index("case_id")
        days = pd.Series(day, index=c.index)
        latest = self.levels_at(days)
        found = self.named(c, self.leads_at(days), c["team_id"])
        found["lead_id"] = self.leads_at(days)
        found["assessed_on"], found["tool"] = latest["assessed_on"], latest["tool"]
        found["level"] = latest["level"].fillna("not_assessed")
        age = day - found["assessed_on"]
        found["band"] = found["level"].where(~(age > 90), "stale")
        found["overdue"] = age > found["level"].map(REVIEW_WITHIN)
        for stage, name in (("on_hold", "held"), ("waiting_list", "waiting")):
            found[name] = found.index.isin(self._in_stage(stage, day))
        found["day"] = day
        return found

    @cache  # noqa: B019 - one database lives as long as the tests of a session
    def _in_stage(self, stage: str, day: int) -> frozenset[int]:
        s = self.tables["case_stage_event"]
        s = s[(s["stage"] == stage) & (s["since"] <= day) & (s["until"].fillna(FOREVER) > day)]
        return frozenset(s["case_id"])
