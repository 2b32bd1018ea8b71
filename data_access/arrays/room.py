"""Room for what was counted, bounded in number and bytes; read without a lock."""

from collections.abc import Hashable
from threading import Lock
from typing import Any


class Room:
    """Keeps values by key. When it is full, what was not asked for since it last was goes first."""

    def __init__(self, most: int, most_bytes: int):
        self.most, self.most_bytes = most, most_bytes
        self.bytes = 0
        self._values: dict[Hashable, Any] = {}  # numbers beside them: an object for each was one more to collect
        self._bytes_of: dict[Hashable, int] = {}
        self._used: set[Hashable] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Any:
        """The value of a key, or None."""
        found = self._values.get(key)
        if found is not None:
            self._used.add(key)
        return found

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of so many bytes; one that would fill half of the room is not kept."""
        if size * 2 > self.most_bytes:
            return
        with self._lock:
            self._values.pop(key, None)
            self._used.discard(key)
            self.bytes += size - self._bytes_of.get(key, 0)
            self._values[key], self._bytes_of[key] = value, size
            while len(self._values) > self.most or self.bytes > self.most_bytes:
                self._drop_one()

    def _drop_one(self) -> None:
        if len(self._used) > self.most:  # one that was asked for in the moment in which it went
            self._used &= self._values.keys()
        for key in list(self._values):
            value = self._values.pop(key)
            if key not in self._used:
                self.bytes -= self._bytes_of.pop(key)
                return
            self._used.discard(key)
            self._values[key] = value  # asked for since: it goes to the end of the queue, once
        self._drop_one()
