"""Messages for people: what was asked, what was found, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class CaselightError(Exception):
    """Something that a person can put right. Its text is the whole message."""


class UnknownName(CaselightError):
    """A measure, key, force or option that does not exist, with the nearest that does."""

    def __init__(self, kind: str, given: str, known: Iterable[str], hint: str = ""):
        known = sorted(known)
        near = get_close_matches(given, known, n=1)
        closest = f" Did you mean {near[0]!r}?" if near else ""
        shown = ", ".join(known[:40]) or "none"
        super().__init__(f"There is no {kind} called {given!r}.{closest} Known: {shown}. {hint}".rstrip())


class Moved(CaselightError):
    """New data came while a question of the old ones was answered; asked again it is answered from the new."""

    def __init__(self) -> None:
        super().__init__("New data have just been loaded. Ask again to see them.")


class Refused(CaselightError):
    """A question that the measure cannot answer honestly; the text says why and what to ask instead."""


class NotGiven(CaselightError):
    """What the asker is not given."""


class NotAllowed(NotGiven):
    """Something that the asker's role does not include."""

    def __init__(self, role: str, what: str):
        super().__init__(
            f"Your role ({role.replace('_', ' ')}) does not let you {what}. "
            "If your work needs it, ask whoever manages the accounts."
        )
