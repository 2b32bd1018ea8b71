"""What the groups of a proxy or provider mean here, as a file says; a group that is not in it means nothing."""

import logging
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from data_access.errors import CaselightError
from data_access.register.accounts import Line, check_grant

log = logging.getLogger("caselight.gate")
KEYS = {"role", "forces", "teams"}


class GroupMap:
    """The map in a file. Raises CaselightError when it cannot be read at first; later a file that cannot gives nothing.

    A group is a table ``[groups.NAME]`` with ``role``, and for a role that sees figures ``forces = ["NORTH"]``; with
    ``teams = ["CITY"]`` it is bound to these teams and names one force.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._read_at = self._changed_at()
        self._lines = read(self.path)

    def _changed_at(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size

    def renew(self) -> None:
        """Read the file again when it has changed."""
        changed = self._changed_at()
        if changed == self._read_at:
            return
        self._read_at = changed
        try:
            self._lines = read(self.path)
        except CaselightError as error:
            log.error("the groups give nothing until their file can be read: %s", error)
            self._lines = {}

    def lines(self, groups: Iterable[str]) -> list[Line]:
        """What the groups give together."""
        return [line for group in sorted(groups) for line in self._lines.get(group, ())]


def read(path: Path) -> dict[str, tuple[Line, ...]]:
    """The lines of each group. Raises CaselightError, which names the group but repeats nothing else."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CaselightError("CASELIGHT_GROUPS cannot be read as TOML. docs/sign-in.md shows one.") from None
    groups = content.get("groups")
    if set(content) != {"groups"} or not isinstance(groups, dict):
        raise CaselightError("CASELIGHT_GROUPS has tables [groups.NAME] and nothing else.")
    return {name: tuple(_lines(name, given)) for name, given in groups.items()}


def _lines(name: str, given: Any) -> list[Line]:
    if not isinstance(given, dict) or set(given) - KEYS or not isinstance(given.get("role"), str):
        raise CaselightError(f"The group {name!r} in CASELIGHT_GROUPS has role, forces and teams, and needs a role.")
    forces, teams = given.get("forces", []), given.get("teams")
    for codes in (forces, teams or []):
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise CaselightError(f"Forces and teams of the group {name!r} in CASELIGHT_GROUPS are lists of codes.")
    bound = None if teams is None else frozenset(teams)
    if bound is not None and len(forces) != 1:
        raise CaselightError(f"The group {name!r} in CASELIGHT_GROUPS is bound to teams, so it names one force.")
    lines = [Line(given["role"], force, bound) for force in forces] or [Line(given["role"], "", bound)]
    for line in lines:
        try:
            check_grant(line.role, line.force, line.teams)
        except CaselightError as error:
            raise CaselightError(f"The group {name!r} in CASELIGHT_GROUPS: {error}") from None
    return lines
