"""What can be set from outside: each setting's name, default and sentence, in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

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

    Raises CaselightError when a value cannot be used.
    """
    given = os.environ if environment is None else environment
    value = {setting.name: given.get(setting.name, "").strip() or setting.default for setting in SETTINGS}
    port = value["CASELIGHT_PORT"]
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise CaselightError("CASELIGHT_PORT is not a port. Give a whole number from 1 to 65535, for example 5006.")
    data = Path(value["CASELIGHT_DATA"]).expanduser().absolute() if value["CASELIGHT_DATA"] else _data_folder(given)
    debug, weighted, warm = (
        value[name] not in ("0", "no", "false")
        for name in ("CASELIGHT_DEBUG", "CASELIGHT_WEIGHTED_CASELOAD", "CASELIGHT_WARM")
    )
    found = Settings("", int(port), data, debug, weighted, warm, value["CASELIGHT_ARRAYS"])
    return replace(found, database=value["CASELIGHT_DATABASE"] or found.sample)


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
