"""What each page answers, how to read a figure, the keyboard, who sees what, and what to do when something fails."""

from typing import Any

import param
from markupsafe import Markup

from dashboard.address import href
from dashboard.cards import Card
from dashboard.questions import MOST_STEPS, QUESTIONS, Question
from dashboard.sheet import Message, Sheet, html, joined
from dashboard.view import View

PAGES = {
    "overview": ("Overview", "What needs somebody today, what changed since last week, how do the forces stand?"),
    "caseload": ("Caseload", "How many cases are open, who comes and goes, and can the people in post carry it?"),
    "engagement": ("Engagement", "Are people reached in time, do they stay, and is it the same advocate?"),
    "risk": ("Risk", "Who is at high risk, does the risk fall, and is it reviewed in time?"),
    "support": ("Support", "Is there a plan for everybody who needs one, do partners act, and what do victims say?"),
    "justice": ("Justice", "Are orders asked for and granted, are victims told in time, does somebody go with them?"),
    "weekly": ("Weekly", "Which workbook will a supervisor get, and what will stand in it?"),
    "quality": ("Data quality", "Can the figures be believed, and which cases have to be mended by whom?"),
    "definitions": ("Definitions", "What does a figure count, what does it not, and who answers for it?"),
}
READING = (
    (
        "The small print",
        "Under each picture stand n, the number of cases or contacts that the figure rests on, and the day up to which "
        "the data tell. Figures go up to that day, never up to today. Table gives the same numbers as a table, "
        "Definition says what is counted.",
    ),
    (
        "3 of 8",
        "Below ten a share is written as a fraction and not as a percentage: one person more or less would move a "
        "percentage by more than ten points.",
    ),
    (
        "The line through a point",
        "It shows where the true share plausibly lies, with a certainty of 95 in 100. A long line means few people. "
        "Where the lines of two points overlap widely, there is no reason to call the two different.",
    ),
    (
        "Compare with",
        "Each headline number stands beside the period before, the same period last year, or the other forces "
        "together; both ranges are printed. Where a difference can be judged, the words say whether it is more than "
        "chance would give. Saved views keep what you chose under a name, in this browser only; Continue where you "
        "were offers what was chosen last on this machine, and Reset clears it.",
    ),
    (
        "Small points and narrow bars",
        "They rest on few: fewer than ten people for a share, fewer than twenty events for a rate.",
    ),
    (
        "Hollow points and bars",
        "The period is not over, or contacts and assessments of it are still being typed in. It will move. "
        "How long that takes stands on the data quality page, by force.",
    ),
    (
        "Upright rules",
        "On that day a threshold, a tool, a definition or the recording changed. A step there may be the change and "
        "not the people.",
    ),
    (
        "The verdict on a trend",
        "No sign of real change: the ups and downs are no larger than chance makes them. Higher (or lower) than "
        "expected since a day: chance alone would hardly do that; look for the reason. Too early to tell: fewer than "
        "half a year of full periods are known. Cannot be judged: too few events, or each period carries over from "
        "the one before. Neither higher nor lower means better.",
    ),
    (
        "Limits on trial",
        "Limits from fewer than 13 points are drawn, but they will move with every new point.",
    ),
    (
        "Best and worst case",
        "Where nobody looked at the outcome, two more shares are given: as if all the missing had come out badly, and "
        "as if all had come out well. The truth lies between. With fewer than 60 in 100 assessed the sentence warns.",
    ),
    (
        "Half within ... days; not reached",
        'Waiting times and lengths of support count those who still wait, too. "Not reached" means that fewer than '
        "half have got there, so there is no median yet.",
    ),
    (
        "Stock, flow, cohort",
        "Open cases are a stock: the number on the last day, never to be added up over weeks. Referrals are a flow "
        "and can be added. A cohort follows the people of one month; its last months have no value yet.",
    ),
    (
        "Forces beside each other",
        "They stand in the order of their codes. Forces differ in size, staffing, tools and thresholds: this is no "
        "ranking, and nothing here ranks advocates.",
    ),
)
KEYS = (
    (
        "Tab, Shift + Tab",
        "to the next or the previous link, button or field; the first Tab offers a skip to the content",
    ),
    ("Enter", "follows a link, presses a button, opens Table or Definition"),
    ("Space", "ticks a box in a menu, opens a choice"),
    ("Esc", "closes an open menu"),
    ("Alt + Left", "back to what was shown before: page, filters and list stand in the address"),
)
FAILING = (
    (
        "A sentence with a reference such as 4F2A9C",
        "Choose again, or load the page anew. If it stays, give the reference to whoever looks after the service: "
        "the log has the place under it, without any case.",
    ),
    (
        "The connection is lost",
        "The page says so, asks again every few seconds and comes back by itself, with the same page and filters.",
    ),
    (
        "The data are old",
        "The line under the filters says up to which day each force's data go. Ask whoever loads the extracts.",
    ),
    (
        "A figure looks wrong",
        "Open its definition, then its list of cases. Is a case wrong, mend it in the source system: with the next "
        "load it is right here. Is the definition wrong, tell its owner.",
    ),
    (
        "Not with these filters",
        "The figure cannot be narrowed in that way, and the sentence says why. Take that filter off.",
    ),
)
SEEING = (
    "You see the forces, and where it is set the teams, that your account is for. Pages, lists, files and the choices "
    "of the filters are cut to them before anything is counted.",
    "No page holds a name, an address, a telephone number, a date of birth or free text. A case is a reference, an "
    "advocate is a code. Lists of cases are for those who work on them: take care who sees your screen.",
    "As long as the service has no sign-in it shows its pages only to a browser on the computer that it runs on.",
)


class Help(View):
    """Help: how to find an answer here, and how to read it."""

    title = "Help"
    needs_data = False
    label = "Help"
    content: Sheet
    cards: tuple[Card, ...] = ()

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.content = Sheet(answer=self._answer)
        self._changed()

    def refresh(self, *events: param.parameterized.Event) -> None:
        """The links to the pages carry the filters; the rest stays."""
        self.content.html = html(
            """<section><h1>Help</h1><p class="sentence" role="status">Choose forces and a period at the top; they
hold on every page. Read the sentence, look at the picture, open the list.</p></section>
{pages}{questions}{reading}{keys}{failing}{seeing}""",
            pages=self._pages(),
            questions=_questions(),
            reading=_terms("How to read a figure", READING),
            keys=_terms("By keyboard", KEYS),
            failing=_terms("When something is not as it should be", FAILING),
            seeing=html(
                "<section><h2>Who sees what</h2>{said}</section>",
                said=joined(html("<p>{said}</p>", said=said) for said in SEEING),
            ),
        )

    def _answer(self, message: Message) -> bool:
        if message.get("do") != "page":
            return False
        self.filters.accept_one("page", str(message.get("page", "")), self.filters.pages)
        return True

    def _pages(self) -> Markup:
        query = {key: value for key, value in self.filters.to_query().items() if key not in ("list", "at")}
        rows = joined(
            html(
                '<dt><a id="to-{name}" href="{href}" data-do="page" data-page="{name}">{title}</a></dt>'
                "<dd>{answers}</dd>",
                name=name,
                href=href(query | {"page": name}),
                title=title,
                answers=answers,
            )
            for name, (title, answers) in PAGES.items()
            if name in self.filters.pages
        )
        return html('<section><h2>What each page answers</h2><dl class="terms">{rows}</dl></section>', rows=rows)


def _questions() -> Markup:
    """The questions of a week by who asks them, with the way to each answer."""
    asked: dict[str, list[Question]] = {}
    for question in QUESTIONS:
        asked.setdefault(question.who, []).append(question)
    return html(
        """<section id="questions"><h2>Questions of a week</h2>
<p>From the overview, in at most {most} steps.</p>{parts}</section>""",
        most=("no", "one", "two", "three", "four")[MOST_STEPS],
        parts=joined(
            html("<h3>{who}</h3>{list}", who=who.capitalize(), list=_ways(questions))
            for who, questions in asked.items()
        ),
    )


def _ways(questions: list[Question]) -> Markup:
    return html(
        '<dl class="terms">{ways}</dl>',
        ways=joined(
            html(
                '<dt>{text}</dt><dd id="q-{id}"><strong>{steps}.</strong> {read}</dd>',
                id=question.id,
                text=question.text,
                steps=", then ".join(step.words for step in question.steps),
                read=question.read,
            )
            for question in questions
        ),
    )


def _terms(heading: str, terms: tuple[tuple[str, str], ...]) -> Markup:
    return html(
        '<section><h2>{heading}</h2><dl class="terms">{terms}</dl></section>',
        heading=heading,
        terms=joined(html("<dt>{term}</dt><dd>{said}</dd>", term=term, said=said) for term, said in terms),
    )
