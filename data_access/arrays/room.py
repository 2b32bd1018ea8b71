"""Room for what was counted, bounded in number and bytes; read without a lock."""

from collections.abc import Hashable
from threading import Lock
from typing import Any


class _Kept:
    __slots__ = ("bytes", "used", "value")

    def __init__(self, value: Any, size: int):
        self.value, self.bytes, self.used = value, size, False


class Room:
    """Keeps values by key. When it is full, what was not asked for since it last was goes first."""

    def __init__(self, most: int, most_bytes: int):
        self.most, self.most_bytes = most, most_bytes
        self.bytes = 0
        self._kept: dict[Hashable, _Kept] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Any:
        """The value of a key, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        found.used = True
        return found.value

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of so many bytes; one that would fill half of the room is not kept."""
        if size * 2 > self.most_bytes:
            return
        with self._lock:
            old = self._kept.pop(key, None)
            self.bytes += size - (old.bytes if old else 0)
            self._kept[key] = _Kept(value, size)
            while len(self._kept) > self.most or self.bytes > self.most_bytes:
                self._drop_one()

    def _drop_one(self) -> None:
        for key in list(self._kept):
            kept = self._kept.pop(key)
            if not kept.used:
                self.bytes -= kept.bytes
                return
            kept.used = False
            self._kept[key] = kept  # asked for since: it goes to the end of the queue, once
        self._drop_one()
