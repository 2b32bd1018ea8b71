"""What stands over a page where people sign in: who it is, in which role, and the way out."""

from typing import Any

from markupsafe import Markup

from dashboard.gate.keeper import keeper
from dashboard.people import Person
from dashboard.sheet import html, joined
from data_access.permissions import may


def above(person: Person, request: Any) -> Markup:
    """Name, roles and sign-out; nothing where nobody signs in."""
    gate = keeper()
    sign_in = gate.sign_in_of(request) if gate.mode and request is not None else None
    if sign_in is None:
        return Markup("")
    prefix = request.path.rstrip("/").rpartition("/")[0] if request.path not in ("", "/") else ""
    others = [
        html('<a href="?as={role}">as {words}</a>', role=role, words=_words(role))
        for role in person.roles
        if role != person.chosen()
    ]
    role = person.chosen()
    if may(role, "own_lines") and not may(role, "audit"):
        there = asks_for_lines(request)
        others.append(html('<a href="{to}">{said}</a>', to="?" if there else "?page=audit",
                           said="Back to the pages" if there else "What was recorded"))  # fmt: skip
    return html(
        '<div id="who"><span>Signed in as <b>{name}</b>, {role}</span>{others}'
        '<form method="post" action="{action}"><input type="hidden" name="token" value="{token}">'
        "<button>Sign out</button></form></div>",
        name=person.name,
        role=_words(person.chosen()) or "no role",
        others=joined(others),
        action=f"{prefix}/logout",
        token=gate.signer.sum("logout", sign_in.id),
    )


def asks_for_lines(request: Any) -> bool:
    """Whether a request is for the page of what was recorded."""
    return bool(request.arguments.get("page") == [b"audit"])


def _words(role: str) -> str:
    return role.replace("_", " ")
