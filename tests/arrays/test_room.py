"""Room for what was counted: what was not asked for goes first, and no more bytes stay than fit."""

from data_access.arrays.room import Room


def test_what_was_not_asked_for_since_it_last_was_goes_first():
    room = Room(most=3, most_bytes=1_000)
    for name in ("first", "second", "third"):
        room.put(name, name.upper(), 10)
    assert room.get("first") == "FIRST"
    room.put("fourth", "FOURTH", 10)  # the oldest was asked for: the next one goes
    assert [room.get(name) for name in ("first", "second", "third", "fourth")] == ["FIRST", None, "THIRD", "FOURTH"]
    assert (len(room), room.bytes) == (3, 30)


def test_being_asked_for_saves_once():
    room = Room(most=2, most_bytes=1_000)
    room.put("asked once", 1, 10)
    room.get("asked once")
    room.put("second", 2, 10)
    room.put("third", 3, 10)  # "second" goes, and "asked once" is the last now
    room.put("fourth", 4, 10)  # "third" goes
    room.put("fifth", 5, 10)  # "asked once" goes: nobody asked again
    names = ("asked once", "second", "third", "fourth", "fifth")
    assert [room.get(name) for name in names] == [None, None, None, 4, 5]


def test_bytes_are_those_of_what_is_there():
    room = Room(most=100, most_bytes=100)
    room.put("a", 1, 40)
    room.put("a", 2, 30)  # again, smaller
    assert (room.get("a"), room.bytes) == (2, 30)
    room.put("large", 3, 51)  # would fill half of the room
    assert (room.get("large"), room.bytes) == (None, 30)
    for number in range(10):  # four of 20 beside 30 are too many; "a" was asked for and goes once round
        room.put(number, number, 20)
    assert [name for name in ("a", *range(10)) if room.get(name) is not None] == [5, 6, 7, 8, 9]
    assert room.bytes == 100


def test_what_was_put_again_has_to_be_asked_for_again():
    room = Room(most=2, most_bytes=1_000)
    room.put("again", 1, 10)
    room.get("again")
    room.put("again", 2, 10)
    room.put("beside", 3, 10)
    room.put("third", 4, 10)
    assert (room.get("again"), room.get("beside"), room.get("third")) == (None, 3, 4)
