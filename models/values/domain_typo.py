"""Mistyped names of the well-known mailbox providers: mail to them is lost, or read by the wrong people."""

from functools import lru_cache

PROVIDERS = (
    "gmail",
    "hotmail",
    "outlook",
    "yahoo",
    "icloud",
    "luukku",
    "kolumbus",
    "elisanet",
    "saunalahti",
    "suomi24",
)

# Real domains that are one slip from a provider's.
_RIGHT_NAMES = frozenset({"mail", "email", "ymail", "cloud", "columbus", "lukku"})


@lru_cache(maxsize=10_000)
def suspected_domain_typo(domain: str) -> str | None:
    """Return the domain that was probably meant, if the first label is one slip from a provider's name, else None.

    A slip is one character too many, too few or wrong, or two neighbours swapped (Damerau-Levenshtein distance 1).
    """
    label, dot, rest = domain.lower().partition(".")
    if label in PROVIDERS or label in _RIGHT_NAMES:
        return None
    return next((provider + dot + rest for provider in PROVIDERS if _is_one_slip_apart(label, provider)), None)


def _is_one_slip_apart(written: str, meant: str) -> bool:
    if len(written) == len(meant):
        return _is_one_letter_wrong(written, meant) or _are_neighbours_swapped(written, meant)
    shorter, longer = sorted((written, meant), key=len)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))


def _is_one_letter_wrong(written: str, meant: str) -> bool:
    return sum(one != other for one, other in zip(written, meant, strict=True)) == 1


def _are_neighbours_swapped(written: str, meant: str) -> bool:
    return any(
        meant[:index] + meant[index + 1] + meant[index] + meant[index + 2 :] == written
        for index in range(len(meant) - 1)
        if meant[index] != meant[index + 1]
    )
