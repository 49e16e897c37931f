"""Secrets: unpredictable, of one kind each, and looked up only by their hash."""

import hashlib
import string
from itertools import permutations

import pytest

from auth.tokens import TokenKind, digest, issue


@pytest.mark.parametrize("kind", TokenKind)
def test_secret_has_256_random_bits_behind_the_prefix_of_its_kind(kind: TokenKind) -> None:
    secrets = {issue(kind)[0] for _ in range(3000)}
    assert len(secrets) == 3000
    for secret in secrets:
        assert secret.startswith(kind)
        assert len(secret.removeprefix(kind)) == 43  # of 6 bits each
        assert set(secret) <= set(string.ascii_letters + string.digits + "-_")
    for place in range(4, 46):
        assert len({secret[place] for secret in secrets}) == 64, "every position takes every character"


@pytest.mark.parametrize("kind", TokenKind)
def test_only_the_hash_of_a_secret_is_stored(kind: TokenKind) -> None:
    secret, kept = issue(kind)
    assert kept == hashlib.sha256(secret.encode()).digest() == digest(kind, secret)
    assert secret[4:].encode() not in kept


@pytest.mark.parametrize(("kind", "other"), list(permutations(TokenKind, 2)), ids=str)
def test_secret_of_another_kind_is_not_looked_up(kind: TokenKind, other: TokenKind) -> None:
    secret, kept = issue(other)
    assert digest(kind, secret) is None
    assert digest(kind, kind + secret.removeprefix(other)) not in {None, kept}, "another prefix gives another hash"


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "acc_",
        "acc_" + "a" * 42,
        "acc_" + "a" * 44,
        "acc_" + "a" * 42 + "=",
        "acc_" + "a" * 42 + "+",
        "acc_" + "a" * 42 + "ä",
        "acc_" + "a" * 42 + "１",
        "acc_" + "a" * 42 + "\n",
        "acc_" + "a" * 42 + "\0",
        " acc_" + "a" * 42,
        "ACC_" + "a" * 43,
        "acc_" + "a" * 1_000_000,
    ],
    ids=lambda secret: repr(secret)[:12] + repr(secret)[-6:],
)
def test_malformed_secret_is_not_looked_up(secret: str) -> None:
    assert digest(TokenKind.ACCESS, secret) is None
