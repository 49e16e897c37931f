"""Worker process of `old_passwords.py`: compares one password with the hashes of old codes for each line it reads.

A line is the JSON of `[password, [[scheme, settings, hash], …]]`, an answer the JSON of `[matches, skipped]`. The
process ends when its parent closes the pipe.
"""

import json
import signal
import sys

from auth.passwords.wrapped_hashes import LegacyScheme, WrappedHash, hash_matches, is_affordable

LONGEST_COMPARISON = 30  # seconds; ends a process whose parent was killed and so cannot end it


def compare(password: str, wrapped_hashes: list[WrappedHash]) -> tuple[bool, int]:
    """Return whether the password is that of an old code, and how many hashes were skipped as too expensive."""
    affordable = [wrapped for wrapped in wrapped_hashes if is_affordable(wrapped)]
    return any(hash_matches(password, wrapped) for wrapped in affordable), len(wrapped_hashes) - len(affordable)


def main() -> None:
    """Answer lines until the pipe is closed."""
    for line in sys.stdin:
        signal.alarm(LONGEST_COMPARISON)
        password, columns = json.loads(line)
        wrapped_hashes = [WrappedHash(LegacyScheme(scheme), settings, hash_) for scheme, settings, hash_ in columns]
        sys.stdout.write(f"{json.dumps(compare(password, wrapped_hashes))}\n")
        sys.stdout.flush()
        signal.alarm(0)


if __name__ == "__main__":
    main()
