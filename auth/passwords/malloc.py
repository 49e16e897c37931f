"""What the C library does with memory that argon2 has freed, 19 MiB a time: by itself it keeps that for each thread.

It can be told to give each piece back at once, but getting it again makes a check more expensive by half.
"""

import ctypes

_M_ARENA_MAX = -8  # malloc.h of glibc
_C = ctypes.CDLL(None)  # other C libraries have neither of the two functions


def limit_arenas() -> None:
    """Keep one store of freed memory and not one for each thread, whose top is never given back; before threads run."""
    if hasattr(_C, "mallopt"):
        _C.mallopt(_M_ARENA_MAX, 1)


def trim_heap() -> None:
    """Return to the system whatever is free; takes a few milliseconds, so do it beside the event loop."""
    if hasattr(_C, "malloc_trim"):
        _C.malloc_trim(0)
