"""From accepted referral to sustained support, by source: where people are lost, with n at every step."""

from typing import Any

from markupsafe import Markup

from dashboard.cards import months_before
from dashboard.charts import words
from dashboard.sheet import html, joined
from dashboard.windows import over
from data_access.errors import Refused
from data_access.measures.engaged import WINDOW
from data_access.slice import Slice

MONTHS = 12
STEPS = ("reached", "engaged", "sustained")
FIGURE = Markup(' class="figure"')


def funnel_html(reports: Any, slice_: Slice) -> Markup:
    """A table of the last 12 months of referrals whose windows are over, by source; nothing without a referral."""
    back = slice_.having(grain="whole", first=min(slice_.first, months_before(slice_.until, MONTHS)))
    asked = over(reports, back, WINDOW)
    if asked is None:
        return Markup("")
    try:
        frames = {name: reports.frame(name, asked, ("source",)).set_index("source") for name in STEPS}
    except Refused as refused:
        return html('<section><h2>From referral to sustained support</h2><p class="quiet">{w}</p></section>', w=refused)
    sources = [source for source, row in frames["reached"].iterrows() if row["denominator"]]
    if not sources:
        return Markup("")
    header = ("Source", "Accepted", "Reached within 28 days", "Engaged", "Sustained")
    return html(
        """<section id="funnel"><h2>From referral to sustained support, by source</h2>
<p class="quiet">Referrals of {period}: for all of them 70 days are over. All three are shares of those accepted for
full advocacy. In the order of the code list; sources send different people.</p>
<div class="scroll"><table class="stacks"><caption class="hidden">From referral to sustained support</caption>
<thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div></section>""",
        period=words.days_between(asked.first, asked.until),
        header=joined(
            html('<th scope="col"{look}>{said}</th>', said=said, look=FIGURE if i else Markup(""))
            for i, said in enumerate(header)
        ),
        rows=joined(_row(source, [frames[name].loc[source] for name in STEPS], header) for source in sources),
    )


def _row(source: str, steps: list[Any], header: tuple[str, ...]) -> Markup:
    cells = [words.whole(steps[0]["denominator"]), *(_step(step) for step in steps)]
    return html(
        '<tr><th scope="row">{source}</th>{cells}</tr>',
        source=words.name(source),
        cells=joined(
            html('<td class="figure" data-column="{column}">{cell}</td>', column=column, cell=cell)
            for column, cell in zip(header[1:], cells, strict=True)
        ),
    )


def _step(step: Any) -> str:
    """37 % (24 of 65; 26 to 49 %), or 3 of 8 below ten."""
    said = words.share(step["numerator"], step["denominator"])
    if "%" not in said:
        return said
    limits = words.limits(step["lower"], step["upper"])
    return f"{said} ({words.whole(step['numerator'])} of {words.whole(step['denominator'])}; {limits})"
