"""When that is collected which answers left behind in circles: at once, while it is young."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

ANSWERS = 20  # after which a full collection of garbage is made


class Circles:
    """Answers that are being made, in any number of threads.

    A collection hands on to the next older generation what another answer is still using, and there it stays until a
    full one, which it makes long: ``answer`` therefore collects when no other answer is under way.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way = 0

    @contextmanager
    def answer(self) -> Iterator[None]:
        """An answer; at its end its circles go, so that no full collection is long for them.

        A full one is made now and then all the same: it finds closed sessions, and each young one begins the counts
        anew, after which automatic ones are made. While answers overlap without an end, those do it.
        """
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                alone = not self._under_way
            if alone:
                gc.collect(2 if gc.get_count()[2] > ANSWERS else 1)
