"""Starts the watched server in a process of its own and asks it what it has used."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATIENCE = 60.0  # seconds


class Started:
    """A running server; ``base`` is its address."""

    def __init__(self, process: subprocess.Popen[str], base: str) -> None:
        self.process, self.base = process, base

    def measured(self, *asked: str) -> dict[str, Any]:
        """What the process says of itself; ``asked`` out of collect, memory, turns, objects."""
        query = "&".join(f"{name}=1" for name in asked)
        with urllib.request.urlopen(f"{self.base}/measured?{query}", timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def cpu(self) -> float:
        """Seconds of processor time that the process has used."""
        return float(self.measured()["cpu"])

    def without_sessions(self) -> dict[str, Any]:
        """What the process says when its last session has gone. Raises TimeoutError."""
        end = time.monotonic() + PATIENCE
        while self.measured()["sessions"]:
            if time.monotonic() > end:
                raise TimeoutError("sessions stayed although every page was closed")
            time.sleep(0.2)
        return self.measured("collect", "memory")


@contextmanager
def started(url: str, log: Path | None = None, warm: bool = False) -> Iterator[Started]:
    """The watched server of a database on a free port, ended afterwards; ``warm`` when every page was made once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(HERE / "watched.py"), url, str(port), *(["warm"] if warm else [])]
    with open(log or os.devnull, "w", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        try:
            line = process.stdout.readline() if process.stdout else ""
            if line.strip() != "ready":
                raise RuntimeError("the server did not start")
            yield Started(process, f"http://localhost:{port}")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
