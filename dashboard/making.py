"""A page, made before there is a session for it: in a thread, so that nobody waits for a page that is being made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import panel as pn

from dashboard.options import Options
from dashboard.paper import Line
from dashboard.shell import Shell, page_template
from dashboard.state import Filters
from dashboard.witness import Witness

SCHEME = "caselight-scheme"  # the cookie in which paper.js says whether the browser is dark


@dataclass(frozen=True)
class Made:
    """A page that is recorded and may leave: ``tree`` is all that stands on it as JSON, ``above`` markup over it."""

    shell: Shell
    tree: str
    above: str = ""


def made(
    reports: Any,
    options: Options,
    views: Mapping[str, type],
    asked: Mapping[str, list[bytes]],
    dark: bool = False,
    witness: Witness | None = None,
    above: str = "",
) -> Made:
    """The page that an address (``asked``) names. ``witness`` is told before it is given.

    Raises AuditUnwritable where the first look cannot be recorded.
    """
    filters = Filters(options, pages=tuple(views))
    filters.from_query(asked)
    filters.dark = dark
    shell = Shell(reports=reports, filters=filters, views=views, witness=witness)
    shell.open_page()
    return Made(shell, shell.paper.whole(), above)


def placed(page: Made) -> Shell:
    """Put a page on the document of the session of now. What stands on it goes with the first answer."""
    document = pn.state.curdoc
    pn.config.browser_info = False  # would be a second root
    document.template, document.title = page_template(page.tree, page.above), "caselight"
    Line(page.shell.paper, document)
    return page.shell
