"""What the filters make meaningless or empty is said in words, and the rest of the page goes on."""

from tests.browser.raw import asked
from tests.browser.reading import opened, read, ready, until
from tests.browser.test_views import VIEWS, assert_in_words


def test_a_level_that_a_figure_cannot_have_is_refused_in_words(page, watch, sample_pages):
    opened(page, f"{sample_pages}/?page=engagement", "Engagement")
    page.locator("#f-more").click()
    page.locator("#f-more-menu input[value=high]").check()
    page.wait_for_url("**level=high**")
    found = until(page, lambda now: any(box["before"] == "not with these filters" for box in now.numbers))
    refused = {box["label"] for box in found.numbers if box["before"] == "not with these filters"}
    assert {"Half reached within", "Reached within 28 days"} <= refused
    assert "Attempts that succeed" not in refused
    for key in ("time_to_first_contact", "reached"):
        card = found.card(key)
        assert card["picture"] is None
        assert "level" in card["sentence"]
        assert card["sentence"].endswith(".")
    assert found.card("contact_success")["picture"]
    assert not page.get_by_text("Something went wrong here").count()
    assert_in_words(found)

    page.locator("#f-more-menu input[value=high]").uncheck()
    page.wait_for_function("() => !location.search.includes('level')")
    again = until(page, lambda now: all(card["picture"] for card in now.cards))
    assert again.card("reached")["table"]["rows"]
    watch.assert_quiet()


def test_a_choice_with_nothing_in_it_is_said_in_words_on_every_page(page, watch, sample_url, sample_pages):
    used = asked(sample_url, "SELECT f.code, r.source FROM referral r JOIN force f USING (force_id) GROUP BY 1, 2")
    assert ("WEST", "court") not in used, "no court has referred to Westvale"
    opened(page, f"{sample_pages}/?page=overview&source=court&force=WEST")
    for view, (heading, *_) in VIEWS.items():
        if view != "overview":
            page.get_by_role("link", name=view.capitalize(), exact=True).click()
            ready(page, heading)
        found = read(page)
        assert_in_words(found)
        assert found.sentence.endswith(".")
        assert all(card["sentence"].endswith(".") for card in found.cards)
        assert not page.get_by_text("Something went wrong here").count()
        assert all(box["number"] for box in found.numbers)
        for box in found.numbers:
            if box["list"] and box["number"] == "0":
                page.locator(f"#n-{box['list']}".replace(":", "\\:")).filter(visible=True).click()
                listed = until(page, lambda now, name=box["list"]: now.list is not None and f"list={name}&" in now.url)
                assert listed.list["rows"] == []
                assert listed.list["count"].endswith(".")
                assert_in_words(listed)
                page.locator("#l-close").filter(visible=True).click()
                until(page, lambda now: now.list is None)
                break
        if view == "caseload":
            assert found.number("Open now") == "0"
            assert found.number("Referred") == "0"
    watch.assert_quiet()
