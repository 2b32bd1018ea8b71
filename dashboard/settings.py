"""What can be set from outside: each setting's name, default and sentence, in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data_access.errors import CaselightError


@dataclass(frozen=True)
class Setting:
    """One environment variable. An empty ``default`` is explained by the sentence."""

    name: str
    default: str
    sentence: str


SETTINGS = (
    Setting(
        "CASELIGHT_DATABASE",
        "",
        "Address of the database to show, for example sqlite:///service.sqlite or "
        "postgresql://user@host/name; without it the sample is shown.",
    ),
    Setting("CASELIGHT_PORT", "5006", "Port on which the pages are served."),
    Setting(
        "CASELIGHT_ADDRESS",
        "localhost",
        "Where `caselight serve` listens: this machine, or `unix:/folder/name.sock` for a proxy on this machine. Any "
        "other address needs a sign-in and CASELIGHT_ORIGIN.",
    ),
    Setting(
        "CASELIGHT_ORIGIN",
        "",
        "Address that browsers use when a proxy stands in front, for example https://caselight.example; without it "
        "only a browser on this machine is answered.",
    ),
    Setting(
        "CASELIGHT_SIGN_IN",
        "",
        "How people sign in: `accounts`, `proxy` or `oidc` (docs/sign-in.md); without it whoever sits at this machine "
        "sees everything and nobody else sees anything.",
    ),
    Setting(
        "CASELIGHT_REGISTER",
        "",
        "Address of the register of accounts and looks; without it NAME.register.sqlite beside a SQLite database, "
        "or the schema `register` of the PostgreSQL database.",
    ),
    Setting(
        "CASELIGHT_SECRET_FILE",
        "",
        "File of at least 32 random bytes that sign-ins are signed with, for its owner only; without it one is made "
        "in CASELIGHT_DATA.",
    ),
    Setting("CASELIGHT_GROUPS", "", "File (TOML) that says which group of the proxy or provider has which role."),
    Setting("CASELIGHT_PROXY_SECRET_FILE", "", "File with the secret that the proxy sends with each request."),
    Setting("CASELIGHT_OIDC", "", "File (TOML) with the addresses and the secret of the OpenID provider."),
    Setting("CASELIGHT_IDLE_MINUTES", "15", "A sign-in ends after so many minutes in which nothing was done."),
    Setting("CASELIGHT_HOURS", "8", "A sign-in ends after so many hours."),
    Setting(
        "CASELIGHT_DATA",
        "",
        "Folder of the sample database; without it `.state` in a checkout, else the user's own data folder.",
    ),
    Setting(
        "CASELIGHT_ARRAYS",
        "",
        "Folder in which the counted columns are kept between two starts, for their owner's eyes only; without it "
        "beside a SQLite database, else in the user's own cache; `memory` keeps none.",
    ),
    Setting(
        "CASELIGHT_WEIGHTED_CASELOAD",
        "0",
        "1 shows the weighted caseload (CL4) on pages and in workbooks; its weights are a value judgement "
        "(docs/standards.md).",
    ),
    Setting("CASELIGHT_WARM", "1", "0 leaves it to the first visitors to have each page made for the first time."),
    Setting("CASELIGHT_DEBUG", "0", "1 shows the details of an unforeseen error, which may hold case data."),
)


class Misconfigured(CaselightError):
    """A setting, or several together, with which nothing is started (exit code 78, EX_CONFIG)."""


SIGN_INS = ("", "accounts", "proxy", "oidc")
LIMITS = {"CASELIGHT_IDLE_MINUTES": 480, "CASELIGHT_HOURS": 24}


@dataclass(frozen=True)
class Settings:
    """The settings as they were found when the process began."""

    database: str
    port: int
    data: Path
    debug: bool
    weighted_caseload: bool = False
    warm: bool = True
    arrays: str = ""
    register: str = ""
    address: str = "localhost"
    origin: str = ""
    sign_in: str = ""
    secret_file: str = ""
    groups: str = ""
    proxy_secret_file: str = ""
    oidc: str = ""
    idle_minutes: int = 15
    hours: int = 8

    @property
    def sample(self) -> str:
        """Address of the sample database, whether it exists yet or not."""
        return f"sqlite:///{(self.data / 'sample.sqlite').as_posix()}"

    @property
    def shows_sample(self) -> bool:
        """Whether the database is the sample."""
        return self.database == self.sample


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment; each process does so once and hands the answer on.

    Raises Misconfigured when a value cannot be used.
    """
    given = os.environ if environment is None else environment
    value = {setting.name: given.get(setting.name, "").strip() or setting.default for setting in SETTINGS}
    port = value["CASELIGHT_PORT"]
    if _whole(port) is None or not 1 <= int(port) <= 65535:
        raise Misconfigured("CASELIGHT_PORT is not a port. Give a whole number from 1 to 65535, for example 5006.")
    idle, hours = (_limit(name, value[name], most) for name, most in LIMITS.items())
    if value["CASELIGHT_SIGN_IN"] not in SIGN_INS:
        raise Misconfigured("CASELIGHT_SIGN_IN is accounts, proxy or oidc, or nothing on one's own machine.")
    data = Path(value["CASELIGHT_DATA"]).expanduser().absolute() if value["CASELIGHT_DATA"] else _data_folder(given)
    debug, weighted, warm = (
        value[name] not in ("0", "no", "false")
        for name in ("CASELIGHT_DEBUG", "CASELIGHT_WEIGHTED_CASELOAD", "CASELIGHT_WARM")
    )
    found = Settings("", int(port), data, debug, weighted, warm, value["CASELIGHT_ARRAYS"])
    names = ("REGISTER", "ADDRESS", "ORIGIN", "SIGN_IN", "SECRET_FILE", "GROUPS", "PROXY_SECRET_FILE", "OIDC")
    given_as: dict[str, Any] = {name.lower(): value[f"CASELIGHT_{name}"] for name in names}
    database = value["CASELIGHT_DATABASE"] or found.sample
    return replace(found, **given_as, database=database, idle_minutes=idle, hours=hours)


def unknown(environment: Mapping[str, str] | None = None) -> list[str]:
    """Names in the environment that look like settings and are none."""
    given = os.environ if environment is None else environment
    return sorted(name for name in given if name.startswith("CASELIGHT_") and name not in {s.name for s in SETTINGS})


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _limit(name: str, text: str, most: int) -> int:
    number = _whole(text)
    if number is None or not 1 <= number <= most:
        raise Misconfigured(f"{name} is a whole number from 1 to {most}.")
    return number


def _data_folder(environment: Mapping[str, str]) -> Path:
    """`.state` beside the code in a checkout; else where the system keeps a user's data."""
    checkout = Path(__file__).absolute().parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "sample_data").is_dir():
        return checkout / ".state"
    if os.name == "nt":
        base = environment.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "caselight"
