"""What the gate says in words: small pages of their own that need nothing from anywhere."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, Template

from dashboard import theme

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


@cache
def _template(name: str) -> Template:
    made = Environment(autoescape=True)
    made.globals |= {"variables": theme.variables(":root"), "font": theme.FONT}
    folder = Path(__file__).parent
    frame = (folder / "words.html").read_text(encoding="utf-8")
    form = (folder / "login.html").read_text(encoding="utf-8") if name == "login" else ""
    return made.from_string(frame.replace("<!-- form -->", form))


def page(heading: str, *said: str, link: str = "", to: str = "", again: bool = False) -> str:
    """A heading, paragraphs and perhaps a link; ``again``: it loads itself again at once."""
    return _template("words").render(heading=heading, said=said, link=link, to=to, again=again)


def login(action: str, token: str, wanted: str, name: str = "", wrong: bool = False) -> str:
    """The form to sign in with; ``wrong`` says the one sentence that says nothing about why."""
    return _template("login").render(
        heading="Sign in", action=action, token=token, wanted=wanted, name=name, wrong=wrong, said=(), link="", to=""
    )


HERE = page(
    "Nothing is shown here",
    "No sign-in is set up, so this service shows its pages only to a browser on the computer that it runs on. "
    "This request came from elsewhere, or through something in between, so nothing has been read for it.",
    "Sit at that computer and open http://localhost with the port on which it was started, for example "
    "http://localhost:5006/. To work from another computer, ask whoever looks after the service.",
)


def shut(reason: str) -> str:
    """Why nobody is let in."""
    return page("Nothing is shown here", f"This service was started in a way that is not safe: {reason}")


def elsewhere() -> str:
    """The request was made for another address."""
    return page(
        "Nothing is shown here",
        "This service answers at its own address only, and this request asked for another or came from another "
        "site's page. Type the address that you were given.",
    )


def no_proxy() -> str:
    """Nobody vouches for the request."""
    return page(
        "You are not signed in",
        "This service believes only the sign-in of the organisation that stands in front of it, and that sign-in "
        "said nothing about this request. Open the address that you were given.",
    )


def failed() -> str:
    """No reason that would help somebody who tries things out."""
    return page("This cannot be shown", "Open the page anew.", link="Open the page", to="./")
