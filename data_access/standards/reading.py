"""A file of standards, read strictly: a name that means nothing is an error, never ignored."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_access.errors import CaselightError, UnknownName
from data_access.standards.standard import DAYS, FIRST_CALL, KINDS, SERVICES_OWN, Standards, Target

DEFAULTS_FILE = Path(__file__).with_name("defaults.toml")
MOST_DAYS = 3660
LONGEST_SOURCE = 200


@dataclass(frozen=True)
class Part:
    """What one part of a file says: numbers by kind and name, and targets by measure."""

    numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A file of standards: for every force, and the overrides by force code."""

    everywhere: Part
    by_force: Mapping[str, Part]


def read(path: Path, measures: Iterable[str], forces: Iterable[str]) -> File:
    """The standards of a TOML file. Raises CaselightError with the place and the nearest name that exists."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CaselightError(f"There is no file {path.name!r}.") from None
    except (OSError, UnicodeDecodeError):
        raise CaselightError(f"The file {path.name!r} cannot be read as text (UTF-8).") from None
    except tomllib.TOMLDecodeError as error:
        raise CaselightError(f"The file {path.name!r} is no TOML: {error}.") from None
    return parsed(content, tuple(measures), tuple(forces))


def parsed(content: dict[str, Any], measures: tuple[str, ...], forces: tuple[str, ...]) -> File:
    """The standards of what a TOML file holds."""
    overrides = _table(content.pop("force", {}), "force")
    by_force = {}
    for code, part in overrides.items():
        if code not in forces:
            raise UnknownName("force", code, forces, "It stands under [force] of the standards.")
        by_force[code] = _part(_table(part, f"force.{code}"), f"force.{code}.", measures)
    return File(_part(content, "", measures), by_force)


def _part(content: dict[str, Any], where: str, measures: tuple[str, ...]) -> Part:
    numbers: dict[str, dict[str, int]] = {}
    targets: dict[str, Target] = {}
    for name, given in content.items():
        if name == "targets":
            targets = _targets(_table(given, f"{where}targets"), f"{where}targets", measures)
        elif name in KINDS:
            numbers[name] = _numbers(name, _table(given, where + name), where + name)
        else:
            raise UnknownName("part of the standards", where + name, [where + kind for kind in (*KINDS, "targets")])
    return Part(numbers, targets)


def _table(given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise CaselightError(f"{where} is a table of its own: write [{where}] and its lines below.")
    return given


def _numbers(kind: str, given: dict[str, Any], where: str) -> dict[str, int]:
    found = {}
    for name, value in given.items():
        if name not in KINDS[kind]:
            raise UnknownName("level" if kind in DAYS else "name", name, KINDS[kind], f"It stands in [{where}].")
        found[name] = _weight(value, where, name) if kind == "weights" else _days(value, where, name)
    if kind == "first_call":
        _check_call(found, where)
    return found


def _check_call(found: dict[str, int], where: str) -> None:
    if len(found) > 1:
        raise CaselightError(f"[{where}] says {' and '.join(FIRST_CALL)}; only one of them can hold.")
    if found.get("hours", 24) % 24:
        raise CaselightError(f"[{where}] hours is a multiple of 24: many exports tell the day of a call, not its hour.")


def _days(value: Any, where: str, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise CaselightError(f"[{where}] {name} is a whole number from 1 to {MOST_DAYS}, not {value!r}.")
    return value


def _weight(value: Any, where: str, name: str) -> int:
    number = _number(value, where, name)
    if not 0 <= number <= 100 or abs(number * 100 - round(number * 100)) > 1e-6:
        raise CaselightError(f"[{where}] {name} is a weight from 0 to 100 with at most two decimals, not {value!r}.")
    return round(number * 100)


def _number(value: Any, where: str, name: str) -> float:
    # NaN is no number to compare with; TOML can write it.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise CaselightError(f"[{where}] {name} is a number, not {value!r}.")
    return float(value)


def _targets(content: dict[str, Any], where: str, measures: tuple[str, ...]) -> dict[str, Target]:
    found = {}
    for measure, given in content.items():
        if measure not in measures:
            raise UnknownName("measure", measure, measures, f"It stands under [{where}].")
        found[measure] = _target(measure, _table(given, f"{where}.{measure}"), f"{where}.{measure}")
    return found


def _target(measure: str, given: dict[str, Any], where: str) -> Target:
    known = ("at_least", "at_most", "source")
    for name in given:
        if name not in known:
            raise UnknownName("line", name, known, f"It stands in [{where}].")
    low, high = (_number(given[name], where, name) if name in given else None for name in known[:2])
    if low is None and high is None:
        raise CaselightError(f"[{where}] says neither at_least nor at_most.")
    if low is not None and high is not None and low > high:
        raise CaselightError(f"[{where}] at_least is above at_most.")
    source = given.get("source", SERVICES_OWN)
    if not isinstance(source, str) or not 1 <= len(source.strip()) <= LONGEST_SOURCE:
        raise CaselightError(f"[{where}] source says whose target it is, in up to {LONGEST_SOURCE} characters.")
    return Target(measure, low, high, source.strip())


def defaults() -> Standards:
    """The package's own numbers."""
    part = parsed(tomllib.loads(DEFAULTS_FILE.read_text(encoding="utf-8")), (), ()).everywhere
    return Standards(part.numbers)
