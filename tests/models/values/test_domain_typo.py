"""A slip in a well-known provider's name is suspected; another company's real domain is not."""

import pytest

from models.values.email import suspected_domain_typo


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("hotmial.example", "hotmail.example"),
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("GMAL.com", "gmail.com"),
        ("hotmal.com", "hotmail.com"),
        ("hotnail.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("yaho.com", "yahoo.com"),
        ("luuku.com", "luukku.com"),
        ("ahotmail.com", "hotmail.com"),
        ("hotmail", None),
    ],
)
def test_one_slip_is_suspected(written: str, meant: str | None) -> None:
    assert suspected_domain_typo(written) == meant


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "hotmail.example",
        "mail.com",
        "email.cz",
        "cloud.fi",
        "posti.fi",
        "kuljetus-aho.example",
        "säätiö.example",
        "gmlia.com",
        "hotm.com",
        "",
    ],
)
def test_real_or_distant_domain_is_not_suspected(domain: str) -> None:
    assert suspected_domain_typo(domain) is None
