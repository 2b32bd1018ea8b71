"""The files of a card: its picture as SVG or PNG, its table as CSV, each with title, period, as-of and source."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from dashboard import purposes
from dashboard.charts import Chart, words
from dashboard.charts.chart import Table
from dashboard.drawing import drawn
from dashboard.purposes import Stamp
from dashboard.sheet import Message, Sheet, html, joined
from dashboard.standing import stands
from data_access.codes import label
from data_access.measures.measure import Measure
from data_access.scope import Scope
from data_access.slice import Slice

# The words of a number as the tables print them; a code such as 007 is none.
NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?")
# A spreadsheet reads a cell that begins so as a formula (OWASP, "CSV Injection", with the full-width forms).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NAMES = {"svg": "Picture (SVG)", "png": "Picture (PNG)", "csv": "Table (CSV)"}
SVG, CSV = "image/svg+xml", "text/csv"


@dataclass(frozen=True)
class About:
    """What a card was asked, in words, for whoever finds its file without the page."""

    key: str
    heading: str
    measure: Measure
    asked: Slice
    of: Mapping[str, Any]  # what the frame says of itself: first, until, as_of
    as_of: str
    source: str
    version: str = ""  # of the data of each force

    @property
    def period(self) -> str:
        """24 Aug to 22 Nov 2026; the last day alone of a figure that is about nothing else."""
        until = self.of.get("until", self.asked.until)
        if self.of.get("grain") == "whole" and stands(self.measure.name):
            return f"on {words.short_day(until - timedelta(days=1))}"
        return words.days_between(self.of.get("first", self.asked.first), until)

    @property
    def forces(self) -> str:
        """EAST, NORTH."""
        return ", ".join(self.of.get("as_of", {})) or "none"

    @property
    def filters(self) -> str:
        """Only risk level high; "none" when nothing was left out."""
        chosen = {
            "risk level": [label(code) for code in self.asked.levels],
            "referral source": [label(code) for code in self.asked.sources],
            "team": self.asked.teams,
            "lead advocate": self.asked.advocates,
        }
        said = [f"{title} {' or '.join(names)}" for title, names in chosen.items() if names]
        return f"only {', '.join(said)}" if said else "none"

    def file_name(self, kind: str) -> str:
        """A name that any system can keep: caselight-open-cases-2026-11-22.csv."""
        last: date = max(self.of.get("as_of", {}).values(), default=self.asked.last)
        return f"caselight-{re.sub('[^a-z0-9]+', '-', self.key.lower()).strip('-')}-{last.isoformat()}.{kind}"


def buttons(key: str, heading: str, pictured: bool, land: bool = False) -> Markup:
    """A button for each file of a card, behind one word; without a picture there is the table alone.

    With ``land`` the word takes the focus, because what had it is gone.
    """
    made = joined(
        html(
            '<button type="button" id="x-{key}-{kind}" data-do="file" data-kind="{kind}">{said}'
            '<span class="hidden">: {heading}</span></button> ',
            key=key, kind=kind, said=said, heading=heading,
        )
        for kind, said in NAMES.items()
        if pictured or kind == "csv"
    )  # fmt: skip
    return _behind(key, html('<p class="files">{made}</p>', made=made), land)


def _behind(key: str, content: Markup, land: bool = False) -> Markup:
    return html(
        '<details id="x-{key}"><summary{land}>Save</summary>{content}</details>',
        key=key,
        land=html(' data-land="{key}-saved"', key=key) if land else Markup(""),
        content=content,
    )


def give(sheet: Sheet, message: Message, chart: Chart, about: About | None, scope: Scope | None = None) -> bool:
    """Answer a click on one of the buttons: ask what for, then the file goes over the session's line.

    False for a message of another kind. Raises NotAllowed where the role may not take figures out.
    """
    kind = str(message.get("kind", ""))
    if about is None or (message.get("do") == "file" and not _there(kind, chart)):
        return False

    def show(question: Markup | None) -> None:
        made = buttons(about.key, about.heading, chart.picture is not None, land=True)
        sheet.fill({"files": made if question is None else _behind(about.key, question)}, sheet.drawing, sheet.table)

    def made(purpose: str) -> None:
        if scope is not None:
            scope.need("figures_file")
        stamp = Stamp.now(scope.identity if scope else "", purpose)
        # A PNG leaves as SVG too; the browser turns it into points (files.js), so the server needs no browser.
        content = table_csv(chart, about, stamp) if kind == "csv" else picture_svg(chart, about, stamp).encode()
        sheet.give_file(about.file_name(kind), content, CSV if kind == "csv" else SVG, purpose)

    return purposes.answered(sheet, message, kind, show, made)


def _there(kind: str, chart: Chart) -> bool:
    return kind in NAMES and (kind == "csv" or chart.picture is not None)


def picture_svg(chart: Chart, about: About, stamp: Stamp | None = None) -> str:
    """The picture with title, sentence, what was asked, marked days, n, as-of and source, and who took it."""
    if chart.picture is None:
        raise ValueError("This card shows no picture now; its sentence says why.")
    filters = "" if about.filters == "none" else f"; {about.filters}"
    asked = f"{about.measure.id} {about.measure.title}; {about.period}; {about.forces}{filters}."
    below = (*chart.notes, f"n = {chart.n}; {about.as_of}; source: {about.source} (caselight).")
    if stamp is not None:
        below = (*below, f"{stamp.sentence()}{f'; data {about.version}' if about.version else ''}.")
    return drawn(chart.picture, about.heading, chart.sentence, asked, below)


def table_csv(chart: Chart, about: About, stamp: Stamp | None = None) -> bytes:
    """The table with what it is about above it.

    UTF-8 with a byte order mark: without it Excel reads the file in the
    computer's own code page. Lines end in CR LF (RFC 4180).
    """
    written = io.StringIO()
    write = csv.writer(written, lineterminator="\r\n").writerow
    head = [
        ("Title", about.heading),
        ("Measure", f"{about.measure.id} {about.measure.title}"),
        ("Says", chart.sentence),
        ("Period", about.period),
        ("Forces", about.forces),
        ("Filters", about.filters),
        ("As of", about.as_of.removeprefix("as of ")),
        ("Source", f"{about.source} (caselight)"),
        ("n", chart.n),
        *([("Data version", about.version)] if about.version else []),
        *(stamp.rows() if stamp else ()),
        *(("Note", note) for note in chart.notes),
    ]
    for name, said in head:
        write([name, cell(said)])
    write([])
    for row in _rows(chart.table):
        write([cell(said) for said in row])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _rows(table: Table) -> tuple[tuple[str, ...], ...]:
    return (table.header, *table.rows)


def cell(said: str) -> str:
    """A cell as a spreadsheet may read it: a number without its commas, and never a formula."""
    if NUMBER.fullmatch(said):
        return said.replace(",", "").removeprefix("+")
    return f"'{said}" if said.startswith(FORMULA) else said
