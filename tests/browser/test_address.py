"""The address is the page: whoever opens it sees the same; what cannot be used in it is said and left out."""

from tests.browser.raw import asked
from tests.browser.reading import Read, only_force, opened, read, until
from tests.browser.test_views import assert_in_words

BUSIEST = """
SELECT t.code, a.code, COUNT(*) FROM contacts k
JOIN force f ON f.force_id = k.force_id AND f.code = 'NORTH'
JOIN referral r ON r.case_id = k.case_id AND r.opens_case AND r.source = 'police'
JOIN allocation l ON l.case_id = k.case_id AND l.role = 'lead' AND l.since <= k.on_day
     AND (l.until IS NULL OR l.until > k.on_day)
JOIN advocate a ON a.advocate_id = l.advocate_id AND a.left_on IS NULL JOIN team t ON t.team_id = a.team_id
WHERE k.with_whom = 'victim' AND k.direction = 'outbound' AND k.on_day >= 20600 - 365
AND (SELECT q.level FROM risk_assessments q WHERE q.case_id = k.case_id AND q.agency = 'advocacy_service'
     AND q.kind <> 'referrer' AND q.assessed_on <= k.on_day
     ORDER BY q.assessed_on DESC, q.source_id DESC LIMIT 1) = 'high'
GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1
"""


GO = "url => { history.pushState(null, '', url); window.dispatchEvent(new PopStateEvent('popstate')) }"


def same(found: Read) -> dict:
    """What two readers of one address have to see alike; ids of figures are each session's own."""
    said = {name: found.said[name] for name in ("url", "title", "heading", "sentence", "numbers", "list", "words")}
    said["cards"] = [
        (card["key"], card["sentence"], card["table"], card["picture"] and card["picture"]["layers"])
        for card in found.cards
    ]
    return said


def choose(page, name: str, value: str) -> None:
    """Choose in one of the lists behind "More filters"."""
    if not page.locator(f"#f-{name}").is_visible():
        page.locator("#f-more").click()
    page.locator(f"#f-{name}").select_option(value)
    page.wait_for_url(f"**{name}={value}**")


def test_another_person_sees_the_same_page_by_its_address(page, new_page, watch, sample_url, sample_pages):
    team, lead, attempts = asked(sample_url, BUSIEST)[0]
    assert attempts > 50, "enough for a second page"
    opened(page, f"{sample_pages}/?page=engagement", "Engagement")
    only_force(page, "NORTH")
    page.get_by_label("Period").select_option("last_12_months")
    page.wait_for_url("**period=last_12_months**")
    page.get_by_label("by", exact=True).select_option("quarter")
    page.wait_for_url("**by=quarter**")
    choose(page, "source", "police")
    choose(page, "team", team)
    choose(page, "advocate", lead)
    page.locator("#f-more-menu input[value=high]").check()
    page.wait_for_url("**level=high**")
    page.keyboard.press("Escape")
    narrowed = page.url
    # No number of the page leads to this list, the longest one: go there as the browser's own history does.
    page.evaluate(GO, f"{narrowed}&list=contact_success&at=1")
    until(page, lambda now: now.list is not None)
    page.locator("#l-next").click()
    here = until(page, lambda now: now.list is not None and "Page 2 of" in now.list["count"])
    assert here.url == (
        f"{sample_pages}/?page=engagement&force=NORTH&period=last_12_months&by=quarter"
        f"&level=high&source=police&team={team}&advocate={lead}&list=contact_success&at=2"
    )
    other = opened(new_page(), here.url, "Engagement")
    assert same(read(other)) == same(here)

    page.go_back()
    until(page, lambda now: now.list is not None and "Page 1 of" in now.list["count"])
    page.go_back()
    assert until(page, lambda now: now.list is None).url == narrowed
    page.go_back()
    found = until(page, lambda now: "level=high" not in now.url and "Only risk level" not in now.words)
    assert "level=" not in found.url
    assert "not with these filters" not in found.words
    watch.assert_quiet()


def test_an_opened_figure_is_in_the_address_and_closed_by_the_way_back(page, new_page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload", "Caseload")
    page.get_by_role("button", name="Open: Untouched cases").click()
    page.wait_for_url(f"{sample_pages}/?page=caseload&figures=untouched")
    assert "figures=untouched" in page.get_by_role("link", name="Risk", exact=True).get_attribute("href")
    here = until(page, lambda now: any(card["key"] == "untouched" and card["picture"] for card in now.cards))
    other = opened(new_page(), here.url, "Caseload")
    assert same(read(other)) == same(here)
    page.go_back()
    gone = until(page, lambda now: all(card["key"] != "untouched" for card in now.cards))
    assert gone.url == f"{sample_pages}/?page=caseload"
    watch.assert_quiet()


LEFT_OUT = "was left out"
STRANGE = {
    "unknown": ("page=caseload&force=SOUTH&period=always&by=hour&level=fatal&source=x&team=T99&advocate=ADV-999"
                "&list=open_cases&at=0&unknown=1"),
    "malformed": "page=%00&force=%FF%FE&period=custom&from=2026-13-45&until=x&list=%3Cscript%3E&at=-1e9&by=",
    "script": "page=risk&force=%3Cscript%3Ealert(1)%3C/script%3E&team=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
    "long": "page=risk&force=" + "A" * 6_000 + "&list=" + "b" * 3_000,
    "twice": "page=risk&page=caseload&force=EAST&force=WEST&at=9&at=8",
}  # fmt: skip


def test_what_cannot_be_used_in_an_address_is_said_and_does_no_harm(page, watch, sample_pages):
    ran = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    for name, query in STRANGE.items():
        opened(page, f"{sample_pages}/?{query}")
        found = until(page, lambda now: any(LEFT_OUT in notice for notice in now.notices))
        assert found.heading, name
        assert found.numbers, name
        assert len(found.url) < 400, "the address says only what is shown"
        assert_in_words(found)
        assert "<script>" not in found.words
    assert ran == []
    watch.assert_quiet()


def test_hostile_messages_over_the_socket_do_no_harm(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=caseload", "Caseload")
    before = same(read(page))
    page.evaluate(
        """() => {
            const channel = Bokeh.documents.flatMap((one) => one.roots()).find((root) => "ask" in root.properties)
            const {parts} = document.querySelector("[data-paper]").paper
            const nasty = [
                null, 7, "text", [], {}, {do: {nested: 1}}, {do: "page", page: "__class__"}, {do: "page"},
                {do: "list", list: "<script>alert(1)</script>"}, {do: "list", list: "open_cases:none' OR 1=1"},
                {do: "list", list: "x".repeat(100000)}, {do: "turn", to: "99999999999999999999"}, {do: "turn", to: "²"},
                {do: "address", query: "?" + "a=1&".repeat(5000)}, {set: "force", value: "' OR 1=1 --", checked: true},
                {set: "preset", value: "never"}, {set: "from", value: "0000-00-00"}, {set: "to", value: "9999-12-31"},
                {do: "workbook", force: "../../etc/passwd", week: "2026-W99"}, {set: "__init__", value: "x"},
            ]
            const ask = (message) => channel.setv({ask: message})
            for (const text of ["{", "nothing", "[[", '"x"', "x".repeat(100000)]) ask(text)
            for (const part of [...parts.keys(), "p999", "__class__", 7, null, undefined]) {
                for (const message of nasty) {
                    const whole = message && typeof message === "object" && !Array.isArray(message)
                    ask(JSON.stringify(whole ? {part, ...message} : message))
                }
            }
            for (const part of parts.keys()) ask(JSON.stringify({part, do: "list", list: "open_cases"}))
        }"""
    )
    until(page, lambda now: now.list is not None)  # so all before it has been read
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("link", name="Risk", exact=True).click()
    until(page, lambda now: now.heading == "Risk")
    page.get_by_role("link", name="Caseload", exact=True).click()
    after = until(page, lambda now: now.heading == "Caseload" and not now.notices)
    assert same(after)["numbers"] == before["numbers"]
    assert not page.get_by_text("Something went wrong here").count()
    watch.assert_quiet()
