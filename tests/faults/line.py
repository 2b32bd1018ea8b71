"""The line between the pages and PostgreSQL, which a test can cut: a socket of our own that passes everything on."""

import contextlib
import shutil
import socket
import tempfile
from pathlib import Path
from threading import Lock, Thread

NAME = ".s.PGSQL.5432"


class Line:
    """``url`` leads to the same database as ``to``, through here. Up until ``down()``, and again after ``up()``."""

    def __init__(self, to: str) -> None:
        folder = to.partition("?host=")[2]
        self._real = str(Path(folder) / NAME)
        self.folder = Path(tempfile.mkdtemp(prefix="caselight-line-", dir="/tmp"))
        self.url = to.replace(folder, str(self.folder))
        self._ends: list[socket.socket] = []
        self._lock = Lock()
        self._listening: socket.socket | None = None
        self.up()

    def up(self) -> None:
        """Let everybody through from now on."""
        listening = socket.socket(socket.AF_UNIX)
        (self.folder / NAME).unlink(missing_ok=True)
        listening.bind(str(self.folder / NAME))
        listening.listen(64)
        self._listening = listening
        Thread(target=self._accept, args=(listening,), daemon=True).start()

    def down(self) -> None:
        """Cut every connection and take no new one."""
        if self._listening is not None:
            (self.folder / NAME).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        """Take it away."""
        self.down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._real)
            except OSError:
                return
            with self._lock:
                self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
