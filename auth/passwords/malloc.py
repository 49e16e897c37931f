"""Memory of the C library after argon2: glibc keeps the 19 MiB of each check for each thread, unless told otherwise.

Returning each piece at once is possible too, but then a check costs half as much again.
"""

import ctypes

_M_ARENA_MAX = -8  # malloc.h of glibc
_C = ctypes.CDLL(None)  # other C libraries have neither of the two functions


def limit_arenas() -> None:
    """Use one malloc arena instead of one for each thread, whose top is never returned; call before threads start."""
    if hasattr(_C, "mallopt"):
        _C.mallopt(_M_ARENA_MAX, 1)


def trim_heap() -> None:
    """Return free memory to the system; takes a few milliseconds, so call it in a thread."""
    if hasattr(_C, "malloc_trim"):
        _C.malloc_trim(0)
