"""The line of filters and, under it, the period and the age of the data in plain words."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from markupsafe import Markup

from dashboard import saved_views
from dashboard.address import a_day
from dashboard.options import COMPARISONS, GRAINS, PRESETS
from dashboard.sheet import Message, html, joined
from dashboard.state import Filters
from data_access.codes import heading, label
from data_access.days import day, next_period, number, period_start

DASH = "\N{EN DASH}"
UNITS = {"week": "week", "4week": "4-week period", "month": "month", "quarter": "quarter"}
LISTS = {"force": "forces", "level": "level"}
ONE_OF = {"preset": PRESETS, "grain": GRAINS, "compare": COMPARISONS}
SELECTS = ("source", "team", "advocate")


def filter_bar(filters: Filters) -> Markup:
    """The whole filter bar as HTML."""
    return html(
        """<section class="filters" aria-label="Filters">
<button type="button" class="phone-only" id="f-open" data-toggle="f-line" aria-expanded="false"
 aria-controls="f-line">Filters{count}</button>
<div class="line" id="f-line">{force}{period}{days}{grain}{compare}{more}{views}
<button type="button" class="plain" id="f-reset" data-do="reset">Reset</button>
<button type="button" class="plain" id="f-copy" data-copy="f-copied">Copy link</button>
<span id="f-copied" class="quiet" role="status"></span></div>
<p class="said" role="status"><span class="print-only">{forces}. </span>{narrowed}{words}</p>{offer}</section>""",
        count=f" ({count})" if (count := set_count(filters)) else "",
        force=_force(filters),
        period=_select("preset", "Period", _period_choices(filters), [filters.preset]),
        days=_days(filters),
        grain=_select("grain", "by", list(GRAINS.items()), [filters.grain]),
        compare=_select("compare", "Compare with", _comparisons(filters), [filters.compare]),
        more=_more(filters),
        views=saved_views.menu(filters),
        offer=saved_views.offer(filters),
        forces=", ".join(force.name for force in filters.options.forces if force.code in filters.forces),
        narrowed=narrowed_words(filters),
        words=period_words(filters) + " " + data_words(filters),
    )


def set_count(filters: Filters) -> int:
    """How many filters differ from the beginning."""
    keys = filters.to_query().keys() - {"page", "list", "at", "from", "until", "figures", "for", "week"}
    return len(keys)


def answer(filters: Filters, message: Message) -> bool:
    """Do what a message of the filter bar asks for; False when it is for somebody else. Every value is checked."""
    name, value = str(message.get("set", "")), str(message.get("value", ""))
    options = filters.options
    if message.get("do") == "reset":
        filters.reset()
    elif name in LISTS:
        known = options.force_codes if name == "force" else options.levels
        chosen = list(getattr(filters, LISTS[name]))
        kept = [code for code in chosen if code != value]
        filters.accept(LISTS[name], [*kept, value] if message.get("checked") is True else kept, known)
    elif name == "every_force":
        filters.accept("forces", list(options.force_codes), options.force_codes)
    elif name in SELECTS:
        filters.accept(name, [value] if value else [], dict(_choices(filters, name)))
    elif name in ONE_OF:
        filters.accept_one(name, value, ONE_OF[name])
    elif name in ("from", "to"):
        first, until = filters.days
        typed = a_day(value)
        after = None if typed is None or typed == date.max else typed + timedelta(days=1)
        filters.accept_days(*((typed, until) if name == "from" else (first, after)))
    else:
        return False
    return True


def _option(value: str, words: str, chosen: bool) -> Markup:
    return html('<option value="{value}"{chosen}>{words}</option>', value=value, words=words,
                chosen=Markup(" selected") if chosen else "")  # fmt: skip


def _select(name: str, words: str, choices: Iterable[tuple[str, str]], chosen: list[str]) -> Markup:
    return _made_select(name, words, tuple(choices), chosen[0] if len(chosen) == 1 else "")


@lru_cache(200)
def _made_select(name: str, words: str, choices: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    return html(
        '<div class="field"><label for="f-{name}">{words}</label> '
        '<select id="f-{name}" data-set="{name}">{options}</select></div>',
        words=words, name=name,
        options=joined(_option(value, text, value == chosen) for value, text in choices),
    )  # fmt: skip


def _boxes(name: str, choices: Iterable[tuple[str, str]], chosen: list[str]) -> Markup:
    return joined(
        html(
            '<label class="tick"><input type="checkbox" id="f-{name}-{place}" data-set="{name}" value="{value}"'
            "{checked}> {words}</label>",
            name=name, place=place, value=value, words=words, checked=Markup(" checked") if value in chosen else "",
        )
        for place, (value, words) in enumerate(choices)
    )  # fmt: skip


def _menu(name: str, before: str, words: str, content: Markup) -> Markup:
    return html(
        '<div class="field"><span>{before}</span> <details class="menu" id="f-{name}-menu"><summary id="f-{name}">'
        '<span class="hidden">{before} </span>{words}</summary><div class="leaf">{content}</div></details></div>',
        name=name, before=before, words=words, content=content,
    )  # fmt: skip


def forces_words(filters: Filters) -> str:
    """The chosen forces in words: "All three", "Northmere", "Northmere and Westvale", "4 of 9"."""
    names = [force.name for force in filters.options.forces if force.code in filters.forces]
    everyone = len(filters.options.forces)
    if not names:
        return "None"
    if len(names) == everyone > 1:
        spelled = {2: "Both", 3: "All three", 4: "All four", 5: "All five", 6: "All six"}
        return spelled.get(everyone, f"All {everyone}")
    return " and ".join(names) if len(names) < 3 else f"{len(names)} of {everyone}"


def narrowed_words(filters: Filters) -> str:
    """What the further filters leave, so that nobody overlooks one: "Only risk level high, team City. "."""
    names = {team.code: team.name for team in filters.options.teams}
    chosen = {
        "risk level": [label(code) for code in filters.level],
        "referral source": [label(code) for code in filters.source],
        "team": [names[code] for code in filters.team],
        "lead advocate": filters.advocate,
    }
    said = [f"{title} {' or '.join(words)}" for title, words in chosen.items() if words]
    return f"Only {', '.join(said)}. " if said else ""


def _force(filters: Filters) -> Markup:
    choices = [(force.code, force.name) for force in filters.options.forces]
    every = html('<button type="button" class="plain" id="f-every" data-do="every">Choose all</button>')
    content = _boxes("force", choices, filters.forces) + (every if len(choices) > 1 else Markup(""))
    return _menu("force", "Force", forces_words(filters), content)


def _period_choices(filters: Filters) -> list[tuple[str, str]]:
    return [(name, "Own dates" if name == "custom" else words) for name, words in PRESETS.items()]


def _comparisons(filters: Filters) -> list[tuple[str, str]]:
    """The comparisons; none with other forces where there is one force only."""
    alone = len(filters.options.forces) < 2 and filters.compare != "others"
    return [(name, words) for name, words in COMPARISONS.items() if name != "others" or not alone]


def _days(filters: Filters) -> Markup:
    if filters.preset != "custom":
        return Markup("")
    first, until = filters.days
    return joined(
        html(
            '<div class="field"><label for="f-{name}">{words}</label> '
            '<input type="date" id="f-{name}" data-set="{name}" value="{value}" '
            'min="1990-01-01" max="2099-12-31"></div>',
            words=name, name=name, value=value.isoformat(),
        )
        for name, value in (("from", first), ("to", until - timedelta(days=1)))
    )  # fmt: skip


def _choices(filters: Filters, name: str) -> list[tuple[str, str]]:
    """Values and words of one of the further filters, for the chosen forces only."""
    options = filters.options
    if name == "source":
        return [(code, heading(code)) for code in options.sources]
    if name == "team":
        teams = [team for team in options.teams if team.force in filters.forces]
        return list({team.code: team.name for team in teams}.items())
    forces, team = filters.forces, filters.team
    people = [one for one in options.advocates if one.force in forces and (not team or one.team in team)]
    return list({one.code: one.code if one.in_post else f"{one.code} (left)" for one in people}.items())


def _more(filters: Filters) -> Markup:
    words = {"source": ("Referral source", "Every source"), "team": ("Team", "Every team"),
             "advocate": ("Lead advocate", "Every advocate")}  # fmt: skip
    levels = [(code, heading(code)) for code in filters.options.levels]
    parts = [html("<fieldset><legend>Risk level</legend>{}</fieldset>".replace("{}", "{boxes}"),
                  boxes=_boxes("level", levels, filters.level))]  # fmt: skip
    for name, (title, every) in words.items():
        chosen = getattr(filters, name)
        choices = [("", every), *_choices(filters, name)]
        if chosen and [chosen] != [[value] for value, _ in choices if [value] == chosen]:
            # Several (from an address) or one that the team has taken out of the list: say so, do not hide it.
            choices.insert(0, ("several", f"{len(chosen)} chosen" if len(chosen) > 1 else chosen[0]))
            parts.append(_select(name, title, choices, ["several"]))
        else:
            parts.append(_select(name, title, choices, chosen or [""]))
    count = f" ({filters.narrowed})" if filters.narrowed else ""
    return html(
        '<details class="menu more" id="f-more-menu"><summary id="f-more">More filters{count}</summary>'
        '<div class="leaf">{parts}</div></details>', count=count, parts=joined(parts),
    )  # fmt: skip


def day_words(value: date, year: bool = True) -> str:
    """A day as "Sun 22 Nov 2026"."""
    return f"{value:%a} {value.day} {value:%b}" + (f" {value.year}" if year else "")


def span_words(first: date, last: date) -> str:
    """Two days as "24 Aug - 22 Nov 2026" with a dash; the year once where it is the same."""
    start = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    return f"{start} {DASH} {last.day} {last:%b} {last.year}"


def period_words(filters: Filters) -> str:
    """The period in words: "24 Aug - 22 Nov 2026, 13 complete weeks."."""
    return _period_words(*filters.days, filters.grain)


@lru_cache(200)
def _period_words(first: date, until: date, grain: str) -> str:
    begin = end = period_start(first, grain)
    count = 0
    while end < until:
        count, end = count + 1, next_period(end, grain)
    cut = (begin < first) + (end > until) - (count == 1 and begin < first and end > until)
    unit = UNITS[grain]
    whole = count - cut
    said = f"{whole} complete {unit}{'' if whole == 1 else 's'}"
    if cut:
        said += f" and {'part of another' if cut == 1 else 'parts of two more'}" if whole else ""
        said = said if whole else f"part of {'a' if count == 1 else 'two'} {unit}{'' if count == 1 else 's'}"
    return f"{span_words(first, until - timedelta(days=1))}, {said}."


def data_words(filters: Filters) -> str:
    """Up to which day the data go, and who is behind: "Data up to Sun 22 Nov 2026 (Westvale: 6 days older)."."""
    chosen = [force for force in filters.options.forces if force.code in filters.forces]
    newest = filters.as_of
    if newest is None:
        return "No data has been loaded yet."
    behind = []
    for force in chosen:
        if force.as_of is None:
            behind.append(f"{force.name}: no data yet")
        elif force.as_of < newest:
            days = (newest - force.as_of).days
            behind.append(f"{force.name}: {days} {'day' if days == 1 else 'days'} older")
    late = f" ({'; '.join(behind)})" if behind else ""
    future = " The data end before the period does." if number(newest) < number(filters.days[1]) - 1 else ""
    return f"Data up to {day_words(day(number(newest)))}{late}.{future}"
