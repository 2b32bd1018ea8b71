"""The whole catalogue in words: every measure and every list, with a search."""

from collections.abc import Mapping
from typing import Any

import param
from markupsafe import Markup

from dashboard.cards import Card
from dashboard.charts import words
from dashboard.sheet import Sheet, html, joined
from dashboard.view import View
from data_access import facts
from data_access.listings import Listing
from data_access.measures import MEASURES
from data_access.measures.measure import Measure
from data_access.standards import Standards, standards
from data_access.worklists import LISTS


class Definitions(View):
    """Definitions: what does each figure count, and who answers for it?

    It follows no filter. An address with ``list=`` and a measure's name puts that one first.
    """

    title = "Definitions"
    needs_data = False
    label = "Definitions"
    content: Sheet
    cards: tuple[Card, ...] = ()

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.content = Sheet()
        self._changed()

    def refresh(self, *events: param.parameterized.Event) -> None:
        """Only the entry that was asked for can change."""
        asked = MEASURES.get(self.filters.listing)
        self.content.html = html(
            """<section><h1>{title}</h1><p class="sentence" role="status">{sentence}</p>
<div class="search" role="search"><label for="d-find">Search the definitions</label>
<input type="search" id="d-find" autocomplete="off" spellcheck="false" data-find="d-found"
 data-all="{all}" data-none="No definition holds these words. Try fewer or others."
 aria-controls="d-entries"><span id="d-found" role="status">{all}</span></div></section>
{asked}<div id="d-entries">{measures}{lists}{standards}</div>""",
            title=self.title,
            sentence=(
                f"{words.plural(len(MEASURES), 'measure')} and {words.plural(len(LISTS), 'list')}. Each is defined "
                "once: the pages, the weekly workbook, the notebooks and the command line read it from here."
            ),
            all=words.plural(len(MEASURES) + len(LISTS) + 1, "definition"),
            asked=_asked(asked) if asked else Markup(""),
            measures=joined(_topic(topic) for topic in dict.fromkeys(m.topic for m in MEASURES.values())),
            lists=_lists(),
            standards=_standards(standards(self.reports, self.filters.options.force_codes)),
        )


def _asked(measure: Measure) -> Markup:
    return html("<section><h2>The one that was asked for</h2>{entry}</section><hr>", entry=_entry(measure, "a", True))


def _topic(topic: str) -> Markup:
    return html(
        '<section data-parts="measures"><h2>{title}</h2>{entries}</section>',
        title=topic.capitalize(),
        entries=joined(_entry(measure) for measure in MEASURES.values() if measure.topic == topic),
    )


def _entry(measure: Measure, prefix: str = "m", whole: bool = False) -> Markup:
    """A measure: what it counts and what to be careful about; the rest opens."""
    said = measure.words()
    return html(
        """<div class="entry"{part}><h3 id="{prefix}-{name}">{id} {title}</h3><p>{definition}</p>
<p>Careful: {caution}</p><details id="{prefix}d-{name}"{open}><summary>Example, benchmark, owner of {id}</summary>
<div class="definition"><p>Example: {example}</p><p>Benchmark: {benchmark}.</p>
<p>Unit: {unit}; {direction}. Kind of figure: {kind}. Can be broken down by {keys}.</p>
<p>{where} Called {name} in notebooks and on the command line.</p>
<p>Owner: {owner}. To be reviewed by {review_by}. Changed: {changed}.</p></div></details></div>""",
        **said,
        where="" if measure.shown else "Switched off: no page shows it.",
        prefix=prefix,
        part=Markup("" if whole else " data-part"),
        open=Markup(" open" if whole else ""),
    )


def _lists() -> Markup:
    return html(
        """<section data-parts="lists"><h2>Lists of cases</h2>
<p class="quiet">Each list stands for the last day of the period, or for the period, as the figure that leads to it.</p>
{entries}</section>""",
        entries=joined(_list(listing) for listing in LISTS.values()),
    )


def _list(listing: Listing) -> Markup:
    of = MEASURES.get(listing.name)
    return html(
        '<div class="entry short" data-part><p><strong>{title}.</strong> Days counts {days}.{of}</p></div>',
        title=listing.title,
        days=listing.days,
        of=f" Belongs to {of.id} {of.title}." if of else "",
    )


def _standards(held: Mapping[str, Standards]) -> Markup:
    """What each force holds itself to, and the fixed limits. Forces that agree stand together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for code, of_force in held.items():
        targets = (
            f"{MEASURES[name].title}: {target.words()} ({target.source})." for name, target in of_force.targets.items()
        )
        alike.setdefault((*of_force.words().values(), *targets), []).append(code)
    own = joined(
        html("<p><strong>{codes}.</strong> {said}</p>", codes=", ".join(codes), said=" ".join(said))
        for said, codes in alike.items()
    )
    return html(
        """<section data-parts="standards"><h2>Limits in use</h2><div class="entry" data-part>{own}
<p>A level is stale when its assessment is over {stale} days old. The level at intake is the first of the
service's own within {intake} days of opening. An exit assessment counts within {exit} days of closing. An absence of
{absence} days or more takes a post out of the count.</p>
<p class="quiet">These limits are the service's own and not a published standard, where a benchmark does not say
otherwise.</p></div></section>""",
        own=own,
        stale=facts.STALE_AFTER,
        intake=facts.INTAKE_WITHIN,
        exit=facts.EXIT_WITHIN,
        absence=facts.LONG_ABSENCE,
    )
