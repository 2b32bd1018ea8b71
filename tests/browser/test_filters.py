"""A change of filters changes numbers, sentences, pictures and tables together, to what the raw tables say."""

import json
from datetime import date

from tests.browser.raw import counts
from tests.browser.reading import (
    WATCH,
    Read,
    only_force,
    opened,
    read,
    ready,
    said_first,
    stack_heights,
    stacked_end,
    until,
    whole,
)

EVERY = ("EAST", "NORTH", "WEST")
UNTIL = date(2026, 11, 23)  # the sample ends with Sunday 22 November 2026
LAST_13, BEFORE_13 = date(2026, 8, 24), date(2026, 5, 25)
WEST_13, WEST_UNTIL = date(2026, 8, 17), date(2026, 11, 16)  # alone, its last complete week ends on 15 November
LAST_4, BEFORE_4 = date(2026, 10, 26), date(2026, 9, 28)


def assert_caseload(found: Read, now: dict[str, int], before: dict[str, int]) -> None:
    """The page of caseload says these counts in all its places."""
    assert [whole(found.number(name)) for name in ("Open now", "Referred", "Closed", "Waiting")] == [
        now[name] for name in ("open", "referred", "closed", "waiting")
    ]
    assert found.before("Open now") == f"{before['open']:,} before"
    assert found.before("Closed") == f"{before['closed']:,} before"
    assert found.before("Referred").startswith(f"{before['referred']:,} before; a difference ")
    assert said_first(found.sentence) == now["open"]

    stock = found.card("open_cases")
    assert said_first(stock["sentence"]) == now["open"]
    assert f"{now['high']:,} high" in stock["sentence"]
    assert stacked_end(stock["picture"]) == now["open"]
    assert stack_heights(stock["picture"])["high"] == now["high"]
    last = dict(zip(stock["table"]["header"], stock["table"]["rows"][-1], strict=True))
    assert sum(whole(cell) for cell in stock["table"]["rows"][-1][1:]) == now["open"]
    assert whole(last["high"]) == now["high"]

    flow = found.card("inflow_outflow")
    bars = flow["picture"]["layers"]  # settled weeks, and those that still fill up
    assert sum(bars["opened"]["top"]) + sum(bars["opened, filling"]["top"]) == now["opened"]
    assert -sum(bars["closed"]["bottom"]) - sum(bars["closed, filling"]["bottom"]) == now["closed"]
    assert [sum(whole(row[place]) for row in flow["table"]["rows"]) for place in (1, 2)] == [
        now["opened"],
        now["closed"],
    ]

    came = found.card("referrals")
    layers = came["picture"]["layers"]
    assert sum(layers["counts"]["top"]) + sum(layers["filling"]["top"]) == now["referred"]
    assert sum(whole(cell) for row in came["table"]["rows"] for cell in row[1:]) == now["referred"]
    assert said_first(came["sentence"]) == now["referred"]


def test_force_period_and_grain_change_everything_together(page, watch, sample_url, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload", "Caseload")
    start = read(page)
    assert_caseload(
        start, counts(sample_url, EVERY, LAST_13, UNTIL), counts(sample_url, EVERY, BEFORE_13, LAST_13)
    )  # fmt: skip
    shown = start.figures
    assert {"open_cases", "inflow_outflow", "referrals", "cases_per_fte"} <= set(shown)

    only_force(page, "NORTH")
    now = counts(sample_url, ["NORTH"], LAST_13, UNTIL)
    found = until(page, lambda seen: seen.number("Open now") == f"{now['open']:,}")
    assert_caseload(found, now, counts(sample_url, ["NORTH"], BEFORE_13, LAST_13))
    assert len(found.card("open_cases")["table"]["rows"]) == 13

    page.get_by_label("Period").select_option("last_4_weeks")
    page.wait_for_url("**period=last_4_weeks**")
    now = counts(sample_url, ["NORTH"], LAST_4, UNTIL)
    found = until(page, lambda seen: whole(seen.number("Referred")) == now["referred"])
    assert_caseload(found, now, counts(sample_url, ["NORTH"], BEFORE_4, LAST_4))
    assert len(found.card("open_cases")["table"]["rows"]) == 4

    page.get_by_label("by", exact=True).select_option("month")
    page.wait_for_url("**by=month**")
    found = until(page, lambda seen: len(seen.card("open_cases")["table"]["rows"]) == 2)
    assert_caseload(found, now, counts(sample_url, ["NORTH"], BEFORE_4, LAST_4))
    assert found.figures == shown, "the pictures were patched, not rebuilt"
    watch.assert_quiet()


def test_no_moment_shows_the_number_of_one_choice_beside_the_picture_of_another(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload", "Caseload")
    page.evaluate(WATCH)
    page.get_by_label("Period").select_option("last_4_weeks")
    page.wait_for_url("**period=last_4_weeks**")
    until(page, lambda seen: "4 complete weeks" in seen.words and len(seen.card("open_cases")["table"]["rows"]) == 4)
    states = [json.loads(state) for state in page.evaluate("() => window.states")]
    assert len(states) == 2, states
    watch.assert_quiet()


def test_risk_says_what_the_raw_tables_say_for_one_force(page, watch, sample_url, sample_pages):
    opened(page, f"{sample_pages}/?page=risk", "Risk")
    shown = read(page).figures
    for force, first, end, preset in (
        ("WEST", WEST_13, WEST_UNTIL, "last_13_weeks"),
        ("EAST", LAST_4, UNTIL, "last_4_weeks"),
    ):
        page.locator("#f-every").evaluate("(button) => button.click()")
        page.wait_for_function("() => !new URL(location).searchParams.get('force')")
        only_force(page, force)
        page.get_by_label("Period").select_option(preset)
        now = counts(sample_url, [force], first, end)
        found = until(
            page,
            lambda seen, now=now, preset=preset: (
                f"{preset.split('_')[1]} complete weeks" in seen.words
                and whole(seen.number("High")) == now["high"]
                and stacked_end(seen.card("risk_of_open_cases")["picture"]) == now["open"]
                and whole(seen.number("Reviews overdue")) == now["overdue"]
            ),
        )
        assert whole(found.number("Not assessed")) == now["not_assessed"]
        levels = [whole(found.number(name)) for name in ("High", "Medium", "Standard", "Not assessed")]
        assert sum(levels) == now["open"]
        assert said_first(found.sentence) == now["overdue"]
        assert sum(stack_heights(found.card("risk_of_open_cases")["picture"]).values()) == now["open"]
        rows = found.card("risk_of_open_cases")["table"]["rows"]
        assert sum(whole(cell) for cell in rows[-1][1:]) == now["open"]
        assert said_first(found.card("level_movement-closed")["sentence"]) == now["closed"]
        moved = found.card("level_movement-open")
        assert sum(whole(row[-1]) for row in moved["table"]["rows"]) == now["open"]
        layers = moved["picture"]["layers"]
        drawn = [*layers["counts"]["text"], *layers["counts on dark"]["text"]]
        assert sum(whole(text) for text in drawn) == now["open"]
        assert found.figures == shown
    watch.assert_quiet()


def test_the_forces_side_by_side_are_each_counted_alone(page, watch, sample_url, sample_pages):
    opened(page, f"{sample_pages}/?page=overview")
    found = read(page)
    alone = {code: counts(sample_url, [code], LAST_13, UNTIL) for code in EVERY}
    together = counts(sample_url, EVERY, LAST_13, UNTIL)
    assert (
        whole(found.number("Risk reviews overdue"))
        == together["overdue"]
        == sum(one["overdue"] for one in alone.values())
    )
    assert f"{together['waiting']} cases on the waiting list" in page.locator(".apart").inner_text()
    for code in EVERY:
        card = found.card(f"force-{code}")
        assert stacked_end(card["picture"]) == alone[code]["open"]
        assert said_first(card["sentence"]) == alone[code]["open"]
    beside = {row.locator("th").inner_text(): row.locator("td").all_inner_texts()
              for row in page.locator("table.beside tbody tr").all()}  # fmt: skip
    for label, name in (("Open cases", "open"), ("Referred", "referred"), ("Not reached yet", "not_reached")):
        assert [whole(cell) for cell in beside[label]] == [alone[code][name] for code in EVERY]

    shown = found.figures
    only_force(page, "WEST")
    found = until(page, lambda seen: [card["key"] for card in seen.cards] == ["force-WEST"])
    now = counts(sample_url, ["WEST"], WEST_13, WEST_UNTIL)
    assert whole(found.number("Risk reviews overdue")) == now["overdue"]
    assert page.locator("table.beside thead th").count() == 2
    assert found.figures == {"force-WEST": shown["force-WEST"]}
    page.get_by_role("link", name="Caseload", exact=True).click()
    ready(page, "Caseload")
    assert whole(read(page).number("Open now")) == now["open"]
    watch.assert_quiet()


def test_figures_stand_beside_the_same_weeks_of_last_year(page, watch, sample_url, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload&force=NORTH", "Caseload")
    page.get_by_label("Compare with").select_option("year")
    found = until(page, lambda seen: "a year before" in seen.before("Closed"))
    assert found.url.endswith("compare=year")
    then = counts(sample_url, ["NORTH"], date(2025, 8, 25), date(2025, 11, 24))  # Monday to Monday, 52 weeks before
    assert found.before("Open now") == f"{then['open']:,} a year before"
    assert found.before("Closed") == f"{then['closed']:,} a year before"
    assert found.before("Referred").startswith(f"{then['referred']:,} a year before; a difference ")
    assert "Now: 24 Aug to 22 Nov 2026. A year before: 25 Aug to 23 Nov 2025." in found.words
    page.get_by_label("Period").select_option("last_24_months")
    found = until(page, lambda seen: "The two periods overlap" in seen.words)
    assert "a difference" not in found.before("Referred")
    watch.assert_quiet()


def test_other_forces_are_set_beside_but_not_ranked_and_levels_are_refused(page, watch, sample_url, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload&compare=others", "Caseload")
    assert "all forces are chosen, so there is no other" in read(page).words
    only_force(page, "NORTH")
    others = counts(sample_url, ["EAST", "WEST"], LAST_13, UNTIL)
    found = until(page, lambda seen: "in the other forces" in seen.before("Closed"))
    assert found.before("Closed") == f"{others['closed']:,} in the other forces"
    assert found.before("Referred") == f"{others['referred']:,} in the other forces", "a count is not judged"
    assert "this is no ranking" in found.words
    page.get_by_role("link", name="Risk", exact=True).click()
    ready(page, "Risk")
    found = read(page)
    assert found.before("High").endswith("not compared with the other forces")
    assert "their thresholds differ" in found.words
    assert "12 (medium from 10)" in found.words, "the sample's third force calls 12 high since January"
    page.get_by_role("link", name="Engagement", exact=True).click()
    ready(page, "Engagement")
    found = read(page)
    assert "in the other forces; a difference " in found.before("Reached within 28 days")
    watch.assert_quiet()


def test_what_was_typed_but_not_told_counts_no_more_after_an_answer(page, sample_pages):
    """The controls stay where they are, the focus too; what they hold is what the server said."""
    opened(page, f"{sample_pages}/?page=caseload&period=custom&from=2026-08-24&until=2026-11-22", "Caseload")
    first = page.locator("#f-from")
    page.evaluate("""() => {
        const box = (id) => document.querySelector(id)
        box("#f-from").value = "2020-01-01"   // nobody told the server: no change was fired
        box("#f-preset").value = "last_4_weeks"
        box("#f-force-menu input[value=WEST]").checked = false
        box("#f-from").stays = true
    }""")
    box = page.locator("#f-force-menu input[value=NORTH]")
    page.locator("#f-force").click()
    box.focus()
    box.press("Space")
    page.wait_for_url("**force=EAST,WEST**")
    ready(page)
    assert first.input_value() == "2026-08-24"
    assert page.locator("#f-preset").input_value() == "custom"
    assert [page.locator(f"#f-force-menu input[value={code}]").is_checked() for code in EVERY] == [True, False, True]
    assert first.evaluate("node => node.stays"), "the same control, not a new one in its place"
    assert box.evaluate("node => node === document.activeElement")
