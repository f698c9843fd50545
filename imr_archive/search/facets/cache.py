"""What was asked for lately, up to a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pyroaring import BitMap

Value = TypeVar("Value")

# At a million letters the match set of a common word takes 0.3 MB.
BYTES = 64 << 20


class BitmapCache:
    """The bitmaps last asked for; what is found in it must not be changed. Threads share it."""

    def __init__(self, size: int = BYTES) -> None:
        self._size = size
        self._held: OrderedDict[Hashable, tuple[BitMap, int]] = OrderedDict()
        self._taken = 0
        self._lock = threading.Lock()

    def get_or_make(self, key: Hashable, make: Callable[[], BitMap]) -> BitMap:
        """Return the bitmap of a key, made at the first time; two threads may both make it."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
        made = make()
        made.shrink_to_fit()
        with self._lock:
            if key not in self._held:
                size = len(made.serialize())
                self._held[key] = made, size
                self._taken += size
                while self._taken > self._size and len(self._held) > 1:
                    self._taken -= self._held.popitem(last=False)[1][1]
        return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._taken = 0


class RecentCache(Generic[Value]):
    """The values last asked for, so many at most; none may be changed. Threads share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """Return what is held."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Hashable, value: Value) -> Value:
        """Hold a value, and return it."""
        with self._lock:
            self._held[key] = value
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
