"""The benchmarks' client sees the pages as a browser does: what it measures is what people wait for."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import results
from benchmarks.protocol import Answer, Failed, Page, _Controls
from benchmarks.results import Results


def in_a_thread(asked):
    """What a coroutine gives. In a thread of its own, because a browser of another test has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked).result()


def chosen(page: Page, name: str, value: str):
    """The control that sets or does ``name`` to ``value``."""
    found = [one for one in page.controls() if one.name == name and value in one.message.values()]
    assert len(found) == 1, found
    return found[0]


def words(page: Page) -> list[str]:
    return [said for _, said in page.shown() if said]


def test_what_a_change_leaves_on_the_page_is_what_its_address_gives(sample_pages):
    async def look() -> tuple[list[str], list[str], Answer]:
        page = await Page.open(sample_pages, "?page=caseload")
        before = words(page)
        answer = await page.act(chosen(page, "level", "high"))
        changed = words(page)
        again = await Page.open(sample_pages, "?page=caseload&level=high")
        fresh = words(again)
        for one in (page, again):
            await one.close()
        assert changed != before
        return changed, fresh, answer

    changed, fresh, answer = in_a_thread(look())
    assert sorted(changed) == sorted(fresh)
    assert answer.size > 0
    assert not answer.failed


def test_another_page_and_its_list_are_reached_by_what_stands_on_the_page(sample_pages):
    async def look() -> list[str]:
        page = await Page.open(sample_pages)
        await page.act(chosen(page, "page", "caseload"))
        await page.act(chosen(page, "list", "open_cases"))
        shown = words(page)
        await page.close()
        return shown

    shown = in_a_thread(look())
    assert any("<h1>Caseload</h1>" in said for said in shown)
    assert any('data-land="open_cases"' in said for said in shown)


def test_what_cannot_be_chosen_counts_as_failed(sample_pages):
    async def ask() -> Answer:
        page = await Page.open(sample_pages)
        control = chosen(page, "preset", "last_4_weeks")
        control.message["value"] = "last_4_years"
        answer = await page.act(control)
        await page.close()
        return answer

    assert in_a_thread(ask()).failed


def test_an_answer_without_a_page_is_said(sample_pages):
    with pytest.raises(Failed, match="no page"):
        in_a_thread(Page.open(sample_pages, "health"))


def test_controls_are_read_as_the_browser_sends_them():
    found = _Controls(
        "p7",
        '<select data-set="grain"><option value="week" selected>week</option><option value="month">month</option>'
        '</select><option value="stray"></option><input type="checkbox" data-set="level" value="high" checked>'
        '<a data-do="turn" data-to="2">Next</a><input type="date" data-set="from" value="2026-11-01">',
    ).found
    assert [(one.message, one.chosen) for one in found] == [
        ({"set": "grain", "value": "week"}, True),
        ({"set": "grain", "value": "month"}, False),
        ({"set": "level", "value": "high", "checked": False}, True),
        ({"do": "turn", "to": "2"}, False),
    ]
    assert {one.part for one in found} == {"p7"}


def test_results_say_what_was_missed_and_keep_machine_and_versions(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(results, "KEPT", tmp_path / "kept")
    found = Results("trial", {"cases": 12})
    assert found.line("quick enough", 3.0, "ms", most=5)
    assert not found.line("often enough", 3.0, most=9, least=4)
    found.line("only told", 7.0)
    found.grid("By page", ("page", "ms"), [("overview", "12")])
    assert found.end(keep=True) == 1
    assert "Missed: often enough" in capsys.readouterr().out
    kept = json.loads((tmp_path / "kept" / "trial.json").read_text())
    assert [line["kept"] for line in kept["lines"]] == [True, False, None]
    assert kept["data"] == {"cases": 12}
    assert kept["versions"]["panel"]
    assert kept["machine"]["cores"] >= 1
    page = (tmp_path / "kept" / "trial.md").read_text()
    assert "| often enough | 3.00 |  | at most 9 and at least 4 | **missed** |" in page
    assert "| overview | 12 |" in page
