"""A list's total and its references equal a recount, and its pages hold each row once."""

from datetime import date

import pandas as pd
import pytest

import data_access as da
from tests.recount import count
from tests.recount.raw import FOREVER, Raw, number

FORCES = ("EAST", "NORTH", "WEST")
CONTACT_WITHIN = {"high": 14, "medium": 28, "standard": 42, "not_assessed": 14}  # days, by level
SLICES = {
    "all, to the end of the data": da.Slice(FORCES, date(2026, 10, 7), date(2026, 11, 25)),
    "one force in the past": da.Slice(("NORTH",), date(2026, 3, 4), date(2026, 4, 1)),
    "as of a past day": da.Slice(FORCES, date(2026, 3, 4), date(2026, 6, 1), as_of=date(2026, 4, 14)),
    "one lead advocate": da.Slice(FORCES, date(2026, 1, 1), date(2026, 2, 1), advocates=("ADV-31",)),
    "one level": da.Slice(FORCES, date(2026, 5, 6), date(2026, 6, 3), levels=("high",)),
}


def _span(slice_: da.Slice) -> count.Span:
    return count.Span(number(slice_.first), number(slice_.until))


def _last_substantive(raw: Raw, found: pd.DataFrame) -> pd.Series:
    k = raw.contacts[raw.contacts["substantive"]]
    day = k["case_id"].map(found.set_index("case_id")["day"])
    return k[k["on_day"] <= day].groupby("case_id")["on_day"].max()


def _open(raw: Raw, slice_: da.Slice) -> pd.DataFrame:
    """Open cases of the slice on its last day, with ``case_id``, ``day`` and the days since a contact."""
    parts = []
    for force_id, as_of in count.asked(raw, slice_).items():
        part = raw.open_on(force_id, count.stock_day(as_of, _span(slice_))).reset_index()
        parts.append(part)
    found = pd.concat(parts, ignore_index=True)
    last = found["case_id"].map(_last_substantive(raw, found))
    found["unreached"] = last.isna() | (last < found["received_on"])
    since = last.fillna(0).where(last.fillna(0) > found["opened_on"], found["opened_on"])
    found["contact_late"] = (found["day"] - since > found["level"].map(CONTACT_WITHIN)) & ~found["held"]
    return count.filtered(found, slice_)


def _references(raw: Raw, name: str, slice_: da.Slice) -> list[str]:
    if name in ("opened", "closed", "contact_success", "referrals"):
        found = count.filtered(getattr(count, name)(raw, slice_, _span(slice_)), slice_)
        if name == "referrals":
            refs = raw.tables["cases"].set_index("case_id")["case_ref"]
            return found["case_id"].map(refs).fillna("no case opened").tolist()
        return found["case_ref"].tolist()
    found = _open(raw, slice_)
    chosen = {
        "open_cases": found["day"] < FOREVER,
        "waiting": found["waiting"],
        "no_lead": found["lead_id"].isna() & ~found["waiting"],
        "on_hold": found["held"],
        "review_overdue": found["overdue"] & ~found["held"],
        "contact_overdue": found["contact_late"],
        "waiting_first_contact": found["unreached"],
    }[name]
    return found.loc[chosen, "case_ref"].tolist()


LISTS = (
    "open_cases",
    "waiting",
    "no_lead",
    "on_hold",
    "review_overdue",
    "contact_overdue",
    "waiting_first_contact",
    "opened",
    "closed",
    "referrals",
    "contact_success",
)


@pytest.mark.parametrize("slice_name", SLICES)
@pytest.mark.parametrize("name", LISTS)
def test_list_equals_the_recount_and_pages_hold_each_row_once(name, slice_name, raw, reports):
    slice_ = SLICES[slice_name]
    if name == "referrals" and slice_.levels:
        with pytest.raises(da.Refused):
            reports.rows(name, slice_)
        return
    first = reports.rows(name, slice_, da.Page(1, 100))
    pages = [reports.rows(name, slice_, da.Page(i, 100)) for i in range(1, first.pages + 1)]
    listed = pd.concat([page.frame for page in pages])
    assert first.total == len(listed)
    assert sorted(listed["reference"]) == sorted(_references(raw, name, slice_))
    beyond = reports.rows(name, slice_, da.Page(first.pages + 1, 100))
    assert beyond.total == first.total
    assert beyond.frame.empty


@pytest.mark.parametrize(
    ("name", "measure", "figure"),
    [
        ("open_cases", "open_cases", "numerator"),
        ("review_overdue", "review_overdue", "numerator"),
        ("opened", "inflow_outflow", "numerator"),
        ("closed", "inflow_outflow", "denominator"),
        ("referrals", "referrals", "numerator"),
        ("contact_success", "contact_success", "denominator"),
        ("cases_per_fte", "cases_per_fte", "numerator"),
    ],
)
@pytest.mark.parametrize("slice_name", [name for name in SLICES if name != "one level"])
def test_the_number_of_a_figure_is_the_length_of_its_list(name, measure, figure, slice_name, reports):
    slice_ = SLICES[slice_name].having(grain="whole")
    assert reports.rows(name, slice_).total == reports.frame(measure, slice_)[figure].iloc[0]


def test_small_pages_list_each_row_once(reports):
    slice_ = SLICES["one force in the past"]
    total = reports.rows("contact_success", slice_, da.Page(1, 17)).total
    rows = pd.concat([reports.rows("contact_success", slice_, da.Page(i, 17)).frame for i in range(1, total // 17 + 2)])
    at_once = reports.rows("contact_success", slice_, da.Page(1, 500)).frame
    assert total > 17 * 5
    assert len(rows) == total
    assert rows.head(500).reset_index(drop=True).equals(at_once)
