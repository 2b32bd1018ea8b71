"""A person opens the first notebook in JupyterLab, runs it, and chooses another force in the page in its cell."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.fixtures.browser import free_port, start, stop
from tests.fixtures.databases import wait_for

pytestmark = pytest.mark.chromium

# JupyterLab would ask its makers' hosts for news, updates and extensions.
QUIET = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/extensionmanager-extension/plugin": {"enabled": False},
}
# The papers of the cells, in the shadow trees that hold them; the last is the page.
PAPERS = """
  const papers = (root) => [...root.querySelectorAll("*")].flatMap((node) =>
    node.paper ? [node.paper] : node.shadowRoot ? papers(node.shadowRoot) : [])
  const figures = () => [...papers(document).at(-1)?.parts.values() ?? []].flatMap(({picture}) => picture?.figure ?? [])
  const layer = (name) => figures().flatMap(({renderers}) => renderers).find((one) => one.name === name)
"""
# Height of the topmost level at the end of the period in the page's first picture: all of its open cases.
TOP = "() => {" + PAPERS + """
  const names = ["high", "medium", "standard", "not_assessed"].flatMap((name) => [name, `${name} filling`])
  const levels = figures().flatMap(({renderers}) => renderers).filter(({name}) => names.includes(name))
  const heights = levels.map(({data_source: {data: {y}}}) => y[y.length / 2 - 1]).filter(Number.isFinite)
  return heights.length ? Math.max(...heights) : null
}"""  # fmt: skip
# Most referrals that one week had: the highest point of the picture of referrals.
MOST = "() => {" + PAPERS + 'return Math.max(...layer("counts").data_source.data.top.filter(Number.isFinite)) }'


@pytest.fixture(scope="module")
def lab(jupyter, copied_notebooks, sample_url, tmp_path_factory):
    """Address of a JupyterLab on loopback, without a token, in the folder with the copied notebooks."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
    for name, values in QUIET.items():
        path = Path(jupyter["JUPYTERLAB_SETTINGS_DIR"]) / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": copied_notebooks,
        "ServerApp.terminals_enabled": False,
        "IdentityProvider.token": "",
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    server = start(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            *(f"--{k}={v}" for k, v in options.items()),
        ],
        f"{url}/api/status",
        tmp_path_factory.mktemp("lab") / "log",
        url,
        CASELIGHT_DATABASE=sample_url,
        **jupyter,
    )
    yield url
    stop(server.process)


@pytest.fixture
def opened(lab, new_page):
    """The notebook in the browser after all of its cells ran."""
    page = new_page(1500, 1000)
    page.set_default_timeout(60_000)
    page.goto(f"{lab}/lab/tree/01_first_look.ipynb?reset")
    page.get_by_text("| Idle").wait_for()  # until then "Run" would ask which kernel
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator("#h-open_cases").wait_for()
    wait_for(lambda: page.evaluate(TOP), 60, "The page's pictures were not drawn")
    page.get_by_text("| Idle").wait_for()  # the cells below have run too: JupyterLab lays nothing out anew
    return page


def test_another_force_changes_the_headline_and_the_pictures(opened, open_on_last_day, watch):
    everyone, north = open_on_last_day(""), open_on_last_day("NORTH")
    assert 0 < north < everyone
    assert shown(opened) == opened.evaluate(TOP) == everyone
    most = opened.evaluate(MOST)
    table = opened.locator("#t-open_cases").evaluate("(twin) => twin.rows.at(-1).join()")

    choose_only(opened, "NORTH", of=("EAST", "NORTH", "WEST"))
    wait_for(lambda: shown(opened) == north, 30, f"The headline did not become {north}")
    wait_for(lambda: opened.evaluate(TOP) == north, 30, "The picture did not change")
    assert opened.locator("#t-open_cases").evaluate("(twin) => twin.rows.at(-1).join()") != table
    assert 0 < opened.evaluate(MOST) < most
    assert opened.locator("#s-open_cases").inner_text().startswith(f"{north} ")

    # A key that JupyterLab knows as a command ("m": make this a text cell) belongs to the page while it is used.
    cells = opened.locator(".jp-CodeCell").count()
    opened.locator("#f-grain").press("m")
    wait_for(lambda: opened.locator("#f-grain").input_value() == "month", 30, "The period stayed a week")
    assert opened.locator(".jp-CodeCell").count() == cells

    # And back, from Python.
    run_new_cell(opened, 'caseload.filters.change(forces=["EAST", "NORTH", "WEST"], grain="week")')
    wait_for(lambda: opened.evaluate(TOP) == everyone, 30, "The picture did not change")
    wait_for(lambda: opened.evaluate(MOST) == most, 30, "The picture of referrals stayed as it was")
    assert shown(opened) == everyone
    watch.assert_quiet()


def shown(page) -> int:
    """The headline number of open cases."""
    return int(re.match(r"[\d,]+", page.locator("#n-open_cases").inner_text().strip())[0].replace(",", ""))


def choose_only(page, wanted: str, of: tuple[str, ...]) -> None:
    """Untick every other force in the filter bar of the cell, each when the one before has been answered."""
    page.locator("#f-force").click()
    for code in of:
        if code != wanted:
            before = page.locator("#f-force").inner_text()
            box = page.locator(f'input[data-set="force"][value="{code}"]')
            box.click()
            try:
                wait_for(lambda was=before: page.locator("#f-force").inner_text() != was, 20, f"{code} stayed chosen")
            except AssertionError:
                # JupyterLab may have laid the cell out anew under the pointer; a person would click again.
                box.set_checked(True)
                box.click()
                wait_for(lambda was=before: page.locator("#f-force").inner_text() != was, 30, f"{code} stayed chosen")
    page.keyboard.press("Escape")


def run_new_cell(page, code: str) -> None:
    """Write a line under the last cell and run it."""
    page.locator(".jp-Notebook-footer").click()
    editor = page.locator(".jp-CodeCell").last.locator(".cm-content")
    editor.click()
    editor.fill(code)
    editor.press("Control+Enter")
