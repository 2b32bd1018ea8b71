"""One state for the page: joint changes, periods from the data, and an address that anybody may have typed."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.address import NOT_AVAILABLE, href, parsed, words
from dashboard.filterbar import answer, data_words, filter_bar, forces_words, narrowed_words, period_words, set_count
from dashboard.options import COMPARISONS, GRAINS, PRESETS, Advocate, Force, Options, Team
from dashboard.state import EVERY_FORCE, NO_SUCH_PERIOD, Filters, preset_days
from data_access.slice import Slice
from tests.dashboard.stand_in import OPTIONS, Tables

PAGES = ("overview", "caseload")


def filters(**chosen) -> Filters:
    return Filters(OPTIONS, pages=PAGES, **chosen)


@pytest.mark.parametrize(
    ("preset", "as_of", "first", "until"),
    [  # the calendar says: 22 Nov 2026 is a Sunday, 30 Sep 2022 a Friday
        ("last_13_weeks", date(2026, 11, 22), date(2026, 8, 24), date(2026, 11, 23)),
        ("last_13_weeks", date(2026, 11, 21), date(2026, 8, 17), date(2026, 11, 16)),
        ("last_13_weeks", date(2026, 11, 23), date(2026, 8, 24), date(2026, 11, 23)),
        ("last_4_weeks", date(2022, 9, 30), date(2022, 8, 29), date(2022, 9, 26)),
        ("last_26_weeks", date(2026, 11, 22), date(2026, 5, 25), date(2026, 11, 23)),
        ("last_12_months", date(2026, 11, 22), date(2025, 11, 24), date(2026, 11, 23)),
        ("last_24_months", date(2026, 11, 22), date(2024, 11, 25), date(2026, 11, 23)),
        ("last_12_months", date(2024, 3, 3), date(2023, 3, 6), date(2024, 3, 4)),
    ],
)
def test_a_preset_ends_with_the_last_complete_week_of_the_data(preset, as_of, first, until):
    assert preset_days(preset, as_of) == (first, until)


def test_a_preset_is_anchored_on_the_chosen_forces():
    chosen = filters(forces=["WEST"])
    assert chosen.days == (date(2026, 8, 17), date(2026, 11, 16))
    chosen.change(forces=["NORTH", "WEST"])
    assert chosen.days == (date(2026, 8, 24), date(2026, 11, 23))


def test_without_any_data_there_is_still_a_page():
    empty = Filters(Options((Force("NEW", "Newham"),)), pages=PAGES)
    assert data_words(empty) == "No data has been loaded yet."
    assert empty.slice.first < empty.slice.until
    nothing = Filters(Options(()), pages=PAGES)
    assert nothing.slice.forces == ()
    assert filter_bar(nothing)


def test_a_joint_change_is_one_event():
    chosen, seen = filters(), []
    chosen.param.watch(lambda event: seen.append(event.new), "slice")
    chosen.change(forces=["WEST"], grain="month", team=["T2"], preset="last_4_weeks")
    assert seen == [Slice(("WEST",), date(2026, 10, 19), date(2026, 11, 16), "month", teams=("T2",))]


def test_another_comparison_does_not_count_anew():
    chosen, seen = filters(), []
    chosen.param.watch(lambda event: seen.append(event.new), "slice")
    chosen.compare = "others"
    assert seen == []
    assert chosen.to_query() == {"page": "overview", "compare": "others"}
    assert '<option value="others" selected>the other forces</option>' in filter_bar(chosen)


def test_a_single_param_changes_the_slice_too():
    chosen = filters()
    chosen.level = ["high"]
    assert chosen.slice.levels == ("high",)
    with pytest.raises(ValueError, match="SOUTH"):
        chosen.forces = ["SOUTH"]


def test_whoever_watches_is_told_the_address_as_it_is_now():
    chosen, heard = filters(), []
    chosen.param.watch(lambda *_: heard.append(chosen.to_query()), ["grain", "page", "opened", "level"])
    for change in ({"grain": "month"}, {"page": "caseload"}, {"opened": ["untouched"]}):
        chosen.to_query()["page"] = "somebody's own copy"  # asked before, and not changed by that
        for name, value in change.items():
            setattr(chosen, name, value)
    chosen.to_query()
    chosen.change(grain="week", level=["high"])
    assert heard == [
        {"page": "overview", "by": "month"},
        {"page": "caseload", "by": "month"},
        {"page": "caseload", "by": "month", "figures": "untouched"},
        {"page": "caseload", "level": "high", "figures": "untouched"},
    ]


def test_a_team_goes_with_its_force():
    chosen = filters(team=["T1"], advocate=["ADV-01"])
    chosen.change(forces=["WEST"])
    assert (chosen.slice.teams, chosen.slice.advocates) == ((), ())


def test_reset_keeps_the_page():
    chosen = filters(page="caseload", forces=["WEST"], level=["high"], listing="open_cases", notices=["x"],
                     compare="year")  # fmt: skip
    chosen.reset()
    assert chosen.to_query() == {"page": "caseload"}
    assert chosen.notices == []


texts = st.text(min_size=1, max_size=12)


@st.composite
def states(draw) -> tuple[Options, dict]:
    """Options with any codes, and a choice among them."""
    codes = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    forces = tuple(Force(code, "F", date(2026, 11, 22)) for code in codes)
    teams = tuple(
        Team(code, "T", draw(st.sampled_from(codes))) for code in draw(st.lists(texts, max_size=3, unique=True))
    )
    people = tuple(
        Advocate(code, "T", draw(st.sampled_from(codes))) for code in draw(st.lists(texts, max_size=3, unique=True))
    )
    options = Options(forces, teams, people)
    chosen = [code for code in codes if draw(st.booleans())] or codes
    preset = draw(st.sampled_from(list(PRESETS)))
    first = draw(st.dates(date(1990, 1, 1), date(2080, 1, 1)))
    of_preset = {"first": first, "until": first + timedelta(days=draw(st.integers(1, 3700)))}

    def some(known):
        return [code for code in known if draw(st.booleans())]

    return options, {
        "forces": chosen, "preset": preset, "grain": draw(st.sampled_from(list(GRAINS))),
        "compare": draw(st.sampled_from(list(COMPARISONS))),
        "level": some(options.levels), "source": some(options.sources),
        "team": some(options.team_codes(chosen)), "advocate": some(options.advocate_codes(chosen)),
        "page": draw(st.sampled_from(PAGES)),
        "listing": draw(st.sampled_from(["", "open_cases", "review_overdue:high"])),
        "listing_page": 1, **(of_preset if preset == "custom" else {}),
    }  # fmt: skip


@given(states())
@settings(max_examples=150, deadline=None)
def test_the_address_gives_the_same_state_back(state):
    options, chosen = state
    before, after = Filters(options, pages=PAGES), Filters(options, pages=PAGES)
    before.change(**chosen)
    after.from_query(parsed(href(before.to_query())))
    assert after.to_query() == before.to_query()
    assert (after.slice, after.compare) == (before.slice, before.compare)
    assert after.notices == []


keys = st.sampled_from(["page", "force", "period", "from", "until", "by", "compare", "level", "list", "at", "team"])
values = st.one_of(st.text(max_size=30), st.binary(max_size=20), st.none(), st.integers(), st.lists(st.binary()))


@given(st.dictionaries(st.one_of(texts, keys), values))
@settings(max_examples=300, deadline=None)
def test_no_address_can_break_the_page(query):
    chosen = filters()
    chosen.from_query(query)
    assert set(chosen.slice.forces) <= set(OPTIONS.force_codes)
    assert chosen.page in PAGES
    assert filter_bar(chosen)


@pytest.mark.parametrize(
    "query",
    [
        {"force": "SOUTH"}, {"force": "NORTH,SOUTH"}, {"page": "admin"}, {"period": "last_year"}, {"by": "day"},
        {"period": "custom"}, {"period": "custom", "from": "2026-11-01", "until": "2026-10-01"},
        {"period": "custom", "from": "2026-02-30", "until": "2026-10-01"}, {"team": "T2", "force": "NORTH"},
        {"list": "../../etc"}, {"at": "0"}, {"at": "-1"}, {"level": "extreme"}, {"unknown": "1"}, {"force": ["a", "b"]},
        {"period": "custom", "from": "1800-01-01", "until": "2090-01-01"}, {"compare": "tomorrow"},
        {"from": "2026-10-01", "until": "2026-11-01"}, {"period": "last_4_weeks", "from": "2026-10-01"},
        {"list": "nope"}, {"list": "open_cases:deadly"}, {"list": "nope", "at": "2"}, {"at": "2"}, {"week": "2026-W46"},
    ],
)  # fmt: skip
def test_what_is_unknown_or_foreign_is_left_out_with_the_same_sentence(query):
    chosen = filters()
    chosen.from_query(query)
    assert chosen.notices == [NOT_AVAILABLE]
    assert "SOUTH" not in NOT_AVAILABLE
    assert not {"list", "at", "from", "until", "week"} & chosen.to_query().keys()


def test_the_servers_own_arguments_are_no_mistake():
    chosen = filters()
    chosen.from_query({"bokeh-session-id": ["x"], "theme": ["dark"], "page": [b"caseload"]})
    assert (chosen.notices, chosen.page) == ([], "caseload")


def test_a_comma_inside_a_code_is_kept():
    assert words(["A,B", "50%2C"]) == "A%2CB,50%252C"


def test_messages_of_the_browser_are_checked():
    chosen = filters()
    assert answer(chosen, {"set": "force", "value": "EAST", "checked": False})
    assert chosen.slice.forces == ("NORTH", "WEST")
    answer(chosen, {"set": "force", "value": "SOUTH", "checked": True})
    assert (chosen.slice.forces, chosen.notices) == (("NORTH", "WEST"), [NOT_AVAILABLE])
    answer(chosen, {"set": "preset", "value": "custom"})
    assert chosen.slice.first == date(2026, 8, 24)
    answer(chosen, {"set": "to", "value": "2026-11-01"})
    assert chosen.slice.until == date(2026, 11, 2)
    answer(chosen, {"set": "from", "value": "9999-12-31"})
    assert (chosen.slice.until, chosen.notices) == (date(2026, 11, 2), [NO_SUCH_PERIOD])
    answer(chosen, {"set": "to", "value": "9999-12-31"})
    assert chosen.notices == [NO_SUCH_PERIOD]
    answer(chosen, {"set": "grain", "value": "day"})
    assert (chosen.grain, chosen.notices) == ("week", [NOT_AVAILABLE])
    answer(chosen, {"set": "compare", "value": "year"})
    assert chosen.compare == "year"
    answer(chosen, {"set": "compare", "value": "nothing"})
    assert (chosen.compare, chosen.notices) == ("year", [NOT_AVAILABLE])
    answer(chosen, {"set": "compare", "value": "before"})
    answer(chosen, {"set": "team", "value": "T2"})
    answer(chosen, {"set": "level", "value": "high", "checked": True})
    assert (chosen.slice.teams, chosen.slice.levels, set_count(chosen)) == (("T2",), ("high",), 4)
    assert not answer(chosen, {"do": "something else"})


def test_the_last_force_cannot_be_taken_away():
    chosen = filters(forces=["EAST"])
    answer(chosen, {"set": "force", "value": "EAST", "checked": False})
    assert (chosen.slice.forces, chosen.notices) == (OPTIONS.force_codes, [EVERY_FORCE])


def test_the_line_under_the_filters_says_it_in_words():
    chosen = filters()
    assert period_words(chosen) == "24 Aug – 22 Nov 2026, 13 complete weeks."
    assert data_words(chosen) == "Data up to Sun 22 Nov 2026 (Westvale <b>: 6 days older)."
    assert "Westvale &lt;b&gt;" in filter_bar(chosen)
    assert "<b>" not in filter_bar(chosen)
    chosen.grain = "month"
    assert period_words(chosen) == "24 Aug – 22 Nov 2026, 2 complete months and parts of two more."
    chosen.accept_days(date(2025, 12, 1), date(2025, 12, 8))
    assert period_words(chosen) == "1 Dec – 7 Dec 2025, part of a month."
    chosen.accept_days(date(2025, 12, 1), date(2026, 2, 1))
    assert period_words(chosen) == "1 Dec 2025 – 31 Jan 2026, 2 complete months."
    assert [forces_words(filters(forces=f)) for f in (["NORTH"], ["NORTH", "EAST"], list(OPTIONS.force_codes))] == [
        "Northmere", "Northmere and Eastfold", "All three",
    ]  # fmt: skip


def test_a_filter_that_is_set_is_said():
    chosen = filters(level=["medium", "high"], team=["T1"], source=["social_care"], advocate=["ADV-01"])
    assert narrowed_words(chosen) == (
        "Only risk level medium or high, referral source social care, team City, lead advocate ADV-01. "
    )
    assert narrowed_words(filters()) == ""
    assert "Northmere, Eastfold, Westvale &lt;b&gt;. " in filter_bar(chosen), "on paper the forces are named"


def test_options_are_read_from_the_reports():
    options = Options.of(Tables())
    assert options.forces == (
        Force("NORTH", "Northmere", date(2026, 11, 22), date(2024, 11, 25)),
        Force("NEW", "Newham"),
    )
    assert options.teams == (Team("T1", "City", "NORTH"),)
    assert options.advocates == (Advocate("A", "T1", "NORTH"),)
