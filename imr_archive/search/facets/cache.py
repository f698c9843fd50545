"""Caches of bounded size, with the least recently used entry dropped first. Threads share them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from imr_archive.search.fulltext.deadline import check_deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pyroaring import BitMap

Value = TypeVar("Value")

# At a million letters the match set of a common word takes 0.3 MB.
BYTES = 64 << 20


class BitmapCache:
    """A cache of bitmaps, bounded by their size in bytes. Its bitmaps must not be changed."""

    def __init__(self, size: int = BYTES) -> None:
        self._size = size
        self._entries: OrderedDict[Hashable, tuple[BitMap, int]] = OrderedDict()
        self._taken = 0
        self._lock = threading.Lock()

    def get_or_make(self, key: Hashable, make: Callable[[], BitMap]) -> BitMap:
        """Return the bitmap of a key, and make it if it is not cached; two threads may both make it."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key][0]
        check_deadline()
        made = make()
        made.shrink_to_fit()
        with self._lock:
            if key not in self._entries:
                size = len(made.serialize())
                self._entries[key] = made, size
                self._taken += size
                while self._taken > self._size and len(self._entries) > 1:
                    self._taken -= self._entries.popitem(last=False)[1][1]
        return made

    def clear(self) -> None:
        """Drop all entries."""
        with self._lock:
            self._entries.clear()
            self._taken = 0


class LruCache(Generic[Value]):
    """A cache of values, bounded by their number. Its values must not be changed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, or None."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: Hashable, value: Value) -> Value:
        """Cache a value, and return it."""
        with self._lock:
            self._entries[key] = value
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        return value

    def clear(self) -> None:
        """Drop all entries."""
        with self._lock:
            self._entries.clear()
