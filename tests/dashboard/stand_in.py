"""A frame with tiny views of its own, so that the frame can be looked at without any figure."""

import sys
from datetime import date

import pandas as pd

from dashboard.app import framed, local_server, refused
from dashboard.options import Advocate, Force, Options, Team
from dashboard.sheet import Message, Sheet, html
from dashboard.view import View

OPTIONS = Options(
    forces=(
        Force("NORTH", "Northmere", date(2026, 11, 22), date(2024, 11, 25)),
        Force("EAST", "Eastfold", date(2026, 11, 22), date(2024, 11, 25)),
        Force("WEST", "Westvale <b>", date(2026, 11, 16), date(2024, 11, 25)),
    ),
    teams=(Team("T1", "City", "NORTH"), Team("T2", "Coast", "WEST")),
    advocates=(Advocate("ADV-01", "T1", "NORTH"), Advocate("ADV-02", "T2", "WEST", False)),
)


class Counted(View):
    """Says how often it was refreshed and for which forces; has a list, a file and a fault."""

    def __init__(self, **given) -> None:
        super().__init__(**given)
        self.refreshed = 0
        self.content = self.sheet = Sheet(answer=self.do)
        self._changed()

    def do(self, message: Message) -> None:
        if message["do"] == "list":
            self.filters.change(listing="open_cases")
        elif message["do"] == "fault":
            raise KeyError("ADV-01 told somebody's secret")
        else:
            self.sheet.give_file("week.txt", b"thirteen", "text/plain")

    def refresh(self, *events) -> None:
        self.refreshed += 1
        listed = '<h2 id="list" tabindex="-1" data-land="list">The cases</h2>' if self.filters.listing else ""
        self.sheet.html = html(
            "<h1>{title}</h1><p id='said'>Refreshed {times} times for {forces}.</p>"
            "<button id='go' data-do='list'>412 open cases: list</button>"
            "<button id='fault' data-do='fault'>Fault</button><button id='file' data-do='file'>File</button>" + listed,
            title=type(self).__name__, times=self.refreshed, forces=" ".join(self.filters.slice.forces),
        )  # fmt: skip


class Overview(Counted):
    """The first view."""


class Caseload(Counted):
    """The second view."""


VIEWS = {"overview": Overview, "caseload": Caseload}


class Tables:
    """Frames shaped as those of ``Reports.table``."""

    FRAMES = {
        "forces": pd.DataFrame({
            "force": ["NORTH", "NEW"], "name": ["Northmere", "Newham"],
            "as_of": pd.to_datetime(pd.Series(["2026-11-22", None])), "first_on": pd.to_datetime(["2024-11-25", None]),
        }),
        "teams": pd.DataFrame({"team": ["T1"], "name": ["City"], "force": ["NORTH"]}),
        "advocates": pd.DataFrame({"advocate": ["A"], "team": ["T1"], "force": ["NORTH"], "in_post": [True]}),
    }  # fmt: skip

    def table(self, name: str) -> pd.DataFrame:
        return self.FRAMES[name]


def build() -> None:
    """The stand-in page of a session."""
    if not refused():
        framed(Tables(), OPTIONS, VIEWS)


if __name__ == "__main__":
    local_server(build, int(sys.argv[1])).run_until_shutdown()
