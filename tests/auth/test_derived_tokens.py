"""Derived secrets: the same for the same parent and key, and unpredictable without the key."""

from auth.tokens import TokenKind, derive, digest, issue

PARENT = issue(TokenKind.REFRESH)[0]


def test_derived_secret_has_the_form_of_its_kind() -> None:
    secret, secret_hash = derive(TokenKind.REFRESH, b"key", PARENT)
    assert digest(TokenKind.REFRESH, secret) == secret_hash
    assert digest(TokenKind.ACCESS, secret) is None


def test_derived_secret_depends_on_parent_key_and_kind() -> None:
    given = derive(TokenKind.REFRESH, b"key", PARENT)
    assert derive(TokenKind.REFRESH, b"key", PARENT) == given
    others = {
        derive(TokenKind.REFRESH, b"another key", PARENT)[0][4:],
        derive(TokenKind.REFRESH, b"key", issue(TokenKind.REFRESH)[0])[0][4:],
        derive(TokenKind.ACCESS, b"key", PARENT)[0][4:],
        PARENT[4:],
    }
    assert len(others) == 4
    assert given[0][4:] not in others
