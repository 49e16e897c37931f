"""Worker process of `old_passwords.py`: compares one password with the proofs of old codes for each line it reads.

A line is the JSON of `[password, [[scheme, settings, hash], …]]`, an answer the JSON of `[matches, skipped]`. The
process ends when its parent closes the pipe.
"""

import json
import signal
import sys

from auth.passwords.legacy_proofs import LegacyProof, LegacyScheme, is_affordable, proves

LONGEST_COMPARISON = 30  # seconds; ends a process whose parent was killed and cannot end it


def compare(password: str, proofs: list[LegacyProof]) -> tuple[bool, int]:
    """Return whether the password is that of an old code, and how many proofs were skipped as too expensive."""
    affordable = [proof for proof in proofs if is_affordable(proof)]
    return any(proves(password, proof) for proof in affordable), len(proofs) - len(affordable)


def main() -> None:
    """Answer until the pipe is closed."""
    for line in sys.stdin:
        signal.alarm(LONGEST_COMPARISON)
        password, columns = json.loads(line)
        proofs = [LegacyProof(LegacyScheme(scheme), settings, hash_) for scheme, settings, hash_ in columns]
        sys.stdout.write(f"{json.dumps(compare(password, proofs))}\n")
        sys.stdout.flush()
        signal.alarm(0)


if __name__ == "__main__":
    main()
