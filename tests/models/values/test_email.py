"""One mailbox has one key in every spelling, and no look-alike gets the same key."""

import re

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from models.values.email import EmailAddress, find_addresses, is_role_mailbox, parse_email
from models.values.refusal import InvalidValue

KEY_OF_THE_DATABASE = re.compile(r"[!-~]+@[!-~]+")


@pytest.mark.parametrize(
    ("typed", "delivery", "key"),
    [
        (
            "Matti.Meikalainen@Kuljetus-Aho.EXAMPLE ",
            "Matti.Meikalainen@kuljetus-aho.example",
            "matti.meikalainen@kuljetus-aho.example",
        ),
        ("JOHAN.OHMAN@OHMAN.EXAMPLE", "JOHAN.OHMAN@ohman.example", "johan.ohman@ohman.example"),
        ("api@säätiö.example", "api@säätiö.example", "api@xn--sti-qlaa4i.example"),
        ("api@SÄÄTIÖ.example", "api@säätiö.example", "api@xn--sti-qlaa4i.example"),
        ("api@xn--sti-qlaa4i.example", "api@säätiö.example", "api@xn--sti-qlaa4i.example"),
        ("api@sa\u0308a\u0308tio\u0308.example", "api@säätiö.example", "api@xn--sti-qlaa4i.example"),
        ("anna.b+posti@x.test", "anna.b+posti@x.test", "anna.b+posti@x.test"),
        ("o'brien@x.example\u00a0", "o'brien@x.example", "o'brien@x.example"),
        ("a@straße.example", "a@straße.example", "a@xn--strae-oqa.example"),
    ],
)
def test_an_address_has_a_readable_and_a_comparable_form(typed: str, delivery: str, key: str) -> None:
    assert parse_email(typed) == EmailAddress(delivery, key)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "EMAIL_MISSING"),
        ("   ", "EMAIL_MISSING"),
        ("ei ole@", "EMAIL_INVALID"),
        ("matti", "EMAIL_INVALID"),
        ("a@b@x.example", "EMAIL_INVALID"),
        ("=?utf-8?q?=61?=@x.example", "EMAIL_ENCODED_WORD"),
        ("a=?b@x.example", "EMAIL_ENCODED_WORD"),
        ("a@x.example; b@x.example", "EMAIL_INVALID"),
        ("Matti <a@x.example>", "EMAIL_INVALID"),
        ('"a b"@x.example', "EMAIL_INVALID"),
        ("a@[192.0.2.1]", "EMAIL_INVALID"),
        ("a@localhost", "EMAIL_INVALID"),
        ("a@x..example", "EMAIL_INVALID"),
        ("a\uff20evil.example@x.example", "EMAIL_INVALID"),
        ("a@x.example\uff20evil.example", "EMAIL_INVALID"),
        ("\uff41@x.example", "EMAIL_INVALID"),
        ("a@\uff58.example", "EMAIL_INVALID"),
        ("a@x\u3002example", "EMAIL_INVALID"),
        ("mi\u212ae@x.example", "EMAIL_INVALID"),
        ("a@\u212aank.example", "EMAIL_INVALID"),
        ("a@\u017fana.example", "EMAIL_INVALID"),
        ("\u017fari@x.example", "EMAIL_INVALID"),
        ("m\u0131ke@x.example", "EMAIL_NON_ASCII_LOCAL_PART"),
        ("m\u0430tti@x.example", "EMAIL_NON_ASCII_LOCAL_PART"),
        ("stra\u00dfe@x.example", "EMAIL_NON_ASCII_LOCAL_PART"),
        ("örjan@x.example", "EMAIL_NON_ASCII_LOCAL_PART"),
        ("mat\u00adti@x.example", "TEXT_FORBIDDEN_CHARACTER"),
        ("matti\u200b@x.example", "TEXT_FORBIDDEN_CHARACTER"),
        ("\u202ematti@x.example", "TEXT_FORBIDDEN_CHARACTER"),
        ("matti@x.example\r\nBcc: evil@x.example", "TEXT_FORBIDDEN_CHARACTER"),
        ("matti\x00@x.example", "TEXT_FORBIDDEN_CHARACTER"),
        ("a" * 250 + "@x.example", "TEXT_TOO_LONG"),
        ("a" * 65 + "@x.example", "EMAIL_INVALID"),
    ],
)
def test_invalid_address_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_email(typed)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_a_refusal_never_repeats_the_text() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_email("010190-123A")
    assert "010190" not in str(refused.value)


_typed_addresses = st.one_of(
    st.emails(),
    st.text(max_size=40).map(lambda text: f"a@{text}.example"),
    st.text(alphabet="aäöåßıſK@＠.。-ÅИxn", max_size=20).map(lambda text: f"m{text}.example"),
    st.from_regex(r"[a-zA-Z.+]{1,10}@[a-zA-ZåäöÅÄÖéüß-]{1,12}\.(fi|example|FI)", fullmatch=True),
)


@given(_typed_addresses)
def test_canonical_form_is_stable(typed: str) -> None:
    try:
        address = parse_email(typed)
    except InvalidValue:
        return
    assert parse_email(address.delivery) == address
    assert parse_email(address.key).key == address.key
    assert KEY_OF_THE_DATABASE.fullmatch(address.key)
    assert address.key == address.key.lower()


@given(st.from_regex(r"[a-z]{1,10}@[a-zåäö]{1,12}\.example", fullmatch=True))
def test_case_does_not_change_the_mailbox(typed: str) -> None:
    assert parse_email(typed.upper()).key == parse_email(typed).key


@pytest.mark.parametrize(
    "local_part",
    [
        "info",
        "INFO",
        "toimisto",
        "kundtjanst",
        "varasto",
        "lahettamo",
        "asiakaspalvelu",
        "myynti2",
        "sales",
        "support",
        "info.helsinki",
        "helsinki-varasto",
        "keskusvarasto",
        "laskutus+posti",
        "no.reply.noreply",
    ],
)
def test_role_word_makes_a_role_mailbox(local_part: str) -> None:
    assert is_role_mailbox(parse_email(f"{local_part}@x.example"))


@pytest.mark.parametrize("local_part", ["matti.meikalainen", "m", "sinfonia", "anna+info", "pnimi", "johan.ohman"])
def test_person_name_makes_no_role_mailbox(local_part: str) -> None:
    assert not is_role_mailbox(parse_email(f"{local_part}@info.example"))


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        (
            "orjan.akerlund@akerlund.example; toimisto@akerlund.example",
            ["orjan.akerlund@akerlund.example", "toimisto@akerlund.example"],
        ),
        (
            "a@x.example,b@x.example/c@x.example d@x.example",
            ["a@x.example", "b@x.example", "c@x.example", "d@x.example"],
        ),
        ("a@x.example\nb@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example tai b@x.example", ["a@x.example", "b@x.example"]),
        ("Matti Meikäläinen <matti@x.example>", ["matti@x.example"]),
        ("mailto:matti@x.example.", ["matti@x.example"]),
        ("A@x.example; a@X.example", ["A@x.example"]),
        ("a@x.exampleb@x.example", ["a@x.exampleb@x.example"]),
        ("ei ole@", []),
        ("-", []),
        ("", []),
    ],
)
def test_every_address_of_a_cell_is_found(cell: str, addresses: list[str]) -> None:
    assert find_addresses(cell) == addresses


_LABELS = [
    "a",
    "example",
    "fi",
    "com",
    "test",
    "local",
    "a_b",
    "-a",
    "a-",
    "1",
    "",
    "xn--sti-qlaa4i",
    "x" * 63,
    "x" * 64,
]
_LOCAL_PARTS = ["a", "info", "aino.jarvinen", "a+b", "a..b", ".a", "a-", "Info", "x" * 64, "x" * 65]


@given(st.sampled_from(_LOCAL_PARTS), st.lists(st.sampled_from(_LABELS), min_size=1, max_size=5).map(".".join))
def test_a_plain_address_is_judged_as_the_library_judges_it(local_part: str, domain: str) -> None:
    typed = f"{local_part}@{domain}"[:254]
    try:
        valid = validate_email(
            typed, allow_smtputf8=False, strict=True, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        with pytest.raises(InvalidValue):
            parse_email(typed)
    else:
        assert valid.ascii_email is not None
        assert parse_email(typed) == EmailAddress(valid.normalized, valid.ascii_email.lower())
