"""Secret tokens: 256 random bits behind a prefix that names the kind; only their SHA-256 is stored."""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from enum import StrEnum


class TokenKind(StrEnum):
    """Kinds of tokens; each has a prefix and a column of its own, so that none is accepted for another."""

    COOKIE = "ses_"
    ACCESS = "acc_"
    REFRESH = "ref_"
    DEVICE = "dev_"
    SIGN_UP = "sup_"
    EMAIL_PROOF = "eml_"
    PASSWORD_RESET = "rst_"  # noqa: S105 - a prefix, not a secret
    EMAIL_CHANGE = "chg_"
    EMAIL_UNDO = "und_"
    CLOSING_UNDO = "cls_"
    ALARM = "alm_"


_SHAPE = re.compile(r"[a-z]{3}_[A-Za-z0-9_-]{43}", re.ASCII)


def issue(kind: TokenKind) -> tuple[str, bytes]:
    """Return a new secret of that kind and the hash to store."""
    secret = kind + secrets.token_urlsafe(32)
    return secret, hashlib.sha256(secret.encode()).digest()


def derive(kind: TokenKind, key: bytes, parent: str) -> tuple[str, bytes]:
    """Return the secret derived from another, and its hash; nobody without the key can predict it."""
    secret = kind + urlsafe_b64encode(hmac.digest(key, f"{kind}{parent}".encode(), "sha256")).rstrip(b"=").decode()
    return secret, hashlib.sha256(secret.encode()).digest()


def digest(kind: TokenKind, secret: str) -> bytes | None:
    """Return the hash to look up, or None when the text has not the form of that kind."""
    if len(secret) != 47 or not secret.startswith(kind) or not _SHAPE.fullmatch(secret):
        return None
    return hashlib.sha256(secret.encode()).digest()
