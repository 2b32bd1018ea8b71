"""What is about to leave a paper, for whoever records it; and what leaves when that cannot be recorded."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.files import File
from dashboard.sheet import html

AGAIN = "again"


@dataclass
class Delivery:
    """One answer: the ``whole`` page or news of it, perhaps with a file. ``refused``: nobody understood the asking."""

    whole: bool = False
    refused: bool = False
    file: File | None = None


Record = Callable[[Delivery], None]


def withheld(number: int, error: Exception) -> str:
    """A page that says why nothing is shown, in the place of everything: a paper's message as JSON."""
    said = html(
        '<section><h1>Nothing is shown</h1><p class="failure" role="alert">{said}</p>'
        '<p><button type="button" id="again" data-do="{again}">Try again</button></p></section>',
        said=error,
        again=AGAIN,
    )
    sheet = {"look": "", "visible": True, "html": said, "slots": {}, "drawing": None, "table": ()}
    group = {"look": "frame", "visible": True, "parts": ["said"], "role": "main"}
    told = {"n": number, "root": "instead", "about": {}, "parts": {"instead": group, "said": sheet}, "done": True}
    return json.dumps(told, separators=(",", ":"))
