"""Columns on disk: memory-mapped by every process that reads the same database, and checked before they are trusted.

Of each fact and force there is one header (JSON) and one .npy file for each width of number, with the columns as its
rows. They are case data: only their owner may read them. A file is written beside and renamed; the header, which
names the others, comes last. What does not fit its header in every point is made anew.
"""

import json
import logging
import os
import re
import stat
import time
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4
from zlib import crc32

import numpy as np
from sqlalchemy import Connection, Table, column, func, select, table
from sqlalchemy.engine import make_url

from data_access import facts
from data_access import tables as t
from data_access.arrays.columns import KINDS, Columns, held, sorted_by

FORMAT = 2
LEFT = 3600  # seconds after which a file that no header names was left behind, and is not just being written
TOKEN = re.compile(r"[0-9a-f]{32}")
NOT_KEPT = "memory"  # instead of a folder: nothing is written
_log = logging.getLogger(__name__)


def folder_of(url: str, given: str = "") -> Path | None:
    """Where the arrays of a database are kept: beside a SQLite file, else in the user's own cache; None for nowhere.

    ``given`` is another folder, in which each database has its own, or "memory".
    """
    if given == NOT_KEPT:
        return None
    parsed = make_url(url)
    lite = parsed.get_backend_name() == "sqlite"
    path = Path(parsed.database or "").resolve()
    address = path.as_posix() if lite else parsed.set(password=None).render_as_string()
    name = f"arrays-{sha256(address.encode()).hexdigest()[:24]}"
    if given:
        return Path(given).expanduser().absolute() / name
    if lite:
        return path.with_name(f"{path.name}.arrays")
    base = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "caselight" / name


def files_in(folder: Path | None) -> "Files | None":
    """The files of a folder that is ours alone; None, with a line in the log, where there can be none."""
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if os.name != "nt":
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
                raise PermissionError("others can write to it")
            folder.chmod(0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError("it cannot be written")
    except OSError as reason:
        _log.warning("Arrays stay in memory: their folder cannot be used (%s).", reason.strerror or reason)
        return None
    return Files(folder)


class Files:
    """The columns of a database's facts in one folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def opened(self, connection: Connection, fact: Table, force_id: int, version: tuple) -> Columns | None:
        """The columns as they were kept, or None where they were not, or where anything about them is not right."""
        expected = _expected(connection, fact, force_id, version)
        try:
            header = _read_header(self._header(fact, force_id))
            if {name: header.get(name) for name in expected} != expected:
                return None
            return self._mapped(fact, force_id, header)
        except FileNotFoundError:
            return None
        except Exception:  # whatever a parser makes of damaged bytes, no start may end by it
            _log.warning("The arrays of %s were damaged; they are made anew.", fact.name)
            return None

    def written(self, connection: Connection, fact: Table, force_id: int, version: tuple, columns: Columns) -> Columns:
        """Keep the columns in place of those of an older version; gives them as they can be shared with others."""
        token, parts = uuid4().hex, []
        try:
            for kind, names in _by_kind(columns).items():
                array = np.array([columns.arrays[name] for name in names])
                self._write(self._part(fact, force_id, token, kind), array)
                parts.append({"kind": kind, "columns": names, "crc": crc32(array.data)})
            header = {**_expected(connection, fact, force_id, version), "rows": columns.rows}
            header |= {"token": token, "parts": parts}
            shared = self._mapped(fact, force_id, header)  # before another process may take its own in their place
            unfinished = self.folder / f"{token}.unfinished"
            with open(unfinished, "x", encoding="utf-8", opener=_private) as out:
                json.dump({**header, "crc": _checksum(header)}, out)
            before = self._named(fact, force_id)
            unfinished.replace(self._header(fact, force_id))
            self._clear(fact, force_id, before)
        except (OSError, ValueError) as reason:
            why = reason.strerror if isinstance(reason, OSError) else None
            _log.warning("The arrays of %s stay in memory: %s.", fact.name, why or "they could not be read again")
            self._clear(fact, force_id, token)
            return columns
        return shared

    def _mapped(self, fact: Table, force_id: int, header: dict[str, Any]) -> Columns:
        """Raises ValueError, KeyError, TypeError or OSError when the files are not what the header says."""
        rows, token, names = header["rows"], header["token"], [c.name for c in held(fact)]
        if type(rows) is not int or (rows == 0) != (header["parts"] == []):
            raise ValueError("no number of rows")
        if not rows:
            return Columns(0, {name: np.zeros(0, np.int8) for name in names}, sorted_by(fact))
        if not TOKEN.fullmatch(token):
            raise ValueError("no token")
        found: dict[str, np.ndarray] = {}
        for part in header["parts"]:
            if part["kind"] not in {np.dtype(kind).str for kind in KINDS}:
                raise ValueError("another kind of number")
            array = np.load(self._part(fact, force_id, token, part["kind"]), mmap_mode="r", allow_pickle=False)
            right = array.dtype.str == part["kind"] and array.shape == (len(part["columns"]), rows)
            if not right or crc32(array.data) != part["crc"]:
                raise ValueError("other content")
            found |= {name: np.asarray(array)[place] for place, name in enumerate(part["columns"])}
        return Columns(rows, {name: found[name] for name in names}, sorted_by(fact))

    def _header(self, fact: Table, force_id: int) -> Path:
        return self.folder / f"{fact.name}-{force_id}.json"

    def _part(self, fact: Table, force_id: int, token: str, kind: str) -> Path:
        return self.folder / f"{fact.name}-{force_id}-{token}.{kind[1:]}.npy"

    @staticmethod
    def _write(path: Path, array: np.ndarray) -> None:
        with open(path, "xb", opener=_private) as out:
            np.save(out, array, allow_pickle=False)
            out.flush()
            os.fsync(out.fileno())

    def _named(self, fact: Table, force_id: int) -> str | None:
        """The token of the files that the header names."""
        try:
            return str(_read_header(self._header(fact, force_id))["token"])
        except Exception:  # damaged or not there: then it names none
            return None

    def _clear(self, fact: Table, force_id: int, replaced: str | None) -> None:
        """Take away the files of a token, and what a process left behind long ago. Who reads them, reads on.

        Files that no header names may be those that another process is just writing.
        """
        named, now = self._named(fact, force_id), time.time()
        for path in (*self.folder.glob(f"{fact.name}-{force_id}-*.npy"), *self.folder.glob("*.unfinished")):
            try:
                mine = replaced is not None and replaced in path.name
                left = not (named and named in path.name) and now - path.stat().st_mtime > LEFT
                if mine or left:
                    path.unlink(missing_ok=True)
            except OSError:  # Windows does not remove what is open; the next version will
                continue


def _read_header(path: Path) -> dict[str, Any]:
    """Raises FileNotFoundError where there is none, and whatever a parser raises where it is damaged."""
    header: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if header.pop("crc") != _checksum(header):
        raise ValueError("other content")
    return header


def _checksum(header: dict[str, Any]) -> int:
    return crc32(json.dumps(header, sort_keys=True).encode())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _by_kind(columns: Columns) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, array in columns.arrays.items():
        if columns.rows:
            found[array.dtype.str].append(name)
    return found


def _expected(connection: Connection, fact: Table, force_id: int, version: tuple) -> dict[str, Any]:
    """What the header of these columns says: of which database, fact, force and version."""
    schema = [[c.name, str(c.type)] for c in fact.c]
    number, as_of, stamp = version
    return {
        "format": FORMAT,
        "fact": fact.name,
        "schema": sha256(json.dumps([schema, sorted_by(fact)]).encode()).hexdigest(),
        "force_id": force_id,
        "version": number,
        "as_of": as_of.isoformat(),
        "stamp": stamp,
        "data": _held_now(connection, fact, force_id),
    }


def _held_now(connection: Connection, fact: Table, force_id: int) -> list[str]:
    """What a change by hand moves, which draws no stamp: tables' version, ends of the index, the force's cases.

    Only what an index knows: counting every fact would read as much as the arrays hold (20 MB for 16,000 cases).
    """
    revision, v = table("alembic_version", column("version_num")), t.data_version.c
    first = _indexed(fact)
    ends = [select(limit(first)).where(fact.c.force_id == force_id).scalar_subquery() for limit in (func.min, func.max)]
    p = facts.case_path.c
    asked = (
        select(revision.c.version_num),
        select(v.extract_at).where(v.force_id == force_id),
        select(*ends),
        select(func.count(), func.coalesce(func.sum(p.received_on), 0)).where(p.force_id == force_id),
    )
    return [",".join(map(str, row)) for question in asked for row in connection.execute(question)]


def _indexed(fact: Table) -> Any:
    """The column after the force in the fact's index: its least and greatest value are found at once."""
    index = next(index for index in fact.indexes if index.name == f"ix_{fact.name}")
    return list(index.columns)[1]
