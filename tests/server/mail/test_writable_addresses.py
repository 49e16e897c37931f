"""Accepted addresses reach exactly one RCPT TO unchanged; stored ones that cannot are marked undeliverable."""

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

from models.account import Account, Language
from models.db.clock import now
from models.message import Message, MessageStatus
from models.values.email import parse_email
from models.values.refusal import InvalidValue
from server.db.database import Database
from server.mail.transports import smtp_transport
from tests.cast import Cast
from tests.schema.asking import add_person
from tests.schema.mutations.account.mailed import messages as messages_sent
from tests.schema.mutations.account.own_account import PASSWORD, do
from tests.server.mail.mail_server import mail_server
from tests.server.mail.messages import HEAD, messages, worker_for
from usecases.mail.enqueue import NewMessage, Recipient, enqueue
from usecases.mail.message_kind import MessageKind
from usecases.mail.writing import write_message

ENCODED = "=?utf-8?q?=61?=@h.org"
REFUSED = [
    ENCODED,
    "a=?b@h.org",
    "=?utf-8?b?YUBoLm9yZw==?=@h.org",
    '"a b"@h.org',
    "a(b)@h.org",
    "<a@h.org>",
    "a,b@h.org",
]

_ATOM = "abcXYZ019!#$%&'*+-/=?^_`{|}~."  # every character of a dot-atom (RFC 5322, 3.2.3)
_LOCAL_PARTS = st.one_of(
    st.text(_ATOM, min_size=1, max_size=64),
    st.text("=?_.qbutf8-61", min_size=1, max_size=40),  # encoded words and similar text
    st.text('"\\()<>,:;[] ab', min_size=1, max_size=12),
)
_DOMAINS = st.sampled_from(["h.org", "säätiö.example", "a-b.c.example", ".".join(["x" * 60] * 3) + ".example"])
_ADDRESSES = st.one_of(st.emails(), st.builds("{}@{}".format, _LOCAL_PARTS, _DOMAINS))


@given(_ADDRESSES)
@example("=?x@h.org")
@example(ENCODED)
@example("!#$%&'*+-/=?^_`{|}~@h.org")
@settings(deadline=None, max_examples=300)
async def test_accepted_address_reaches_one_recipient_unchanged(typed: str) -> None:
    try:
        address = parse_email(typed)
    except InvalidValue:
        return
    message = Message(
        id=uuid7(),
        kind=MessageKind.PASSWORD_CHANGED,
        language=Language.EN,
        email=address.delivery,
        email_key=address.key,
        facts={"name": "", "at": "2026-07-01T09:05:00+00:00"},
        verification_code="ABCDE-FGHJK-MNPQR",
    )
    mail = write_message(message, HEAD, now())
    async with mail_server() as mails, smtp_transport(mails.url) as transport:
        await transport.send_envelope(mail)
        await transport.send_content(mail)
    expected = f"{address.delivery.rpartition('@')[0]}@{address.key.rpartition('@')[2]}"
    assert mails.recipients == [[expected]]
    assert [one.addr_spec for one in mails.mails[0]["To"].addresses] == [expected]


@pytest.mark.parametrize("typed", REFUSED)
async def test_unwritable_address_is_refused_by_every_mutation(
    client: httpx.AsyncClient, cast: Cast, database: Database, typed: str
) -> None:
    signed_in = {"Authorization": f"Bearer {cast.tokens['member']}"}
    before = await messages_sent(database)
    for mutation, input_, headers in [
        ("signUp", {"email": typed, "password": PASSWORD, "displayName": "Liisa"}, None),
        ("passwordResetRequest", {"email": typed}, None),
        ("emailConfirmationResend", {"email": typed}, None),
        ("emailChangeRequest", {"email": typed}, signed_in),
    ]:
        payload = await do(client, mutation, input_, headers)
        assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("INVALID", ["input", "email"])]
    assert await messages_sent(database) == before


async def test_encoded_word_refusal_names_the_characters(client: httpx.AsyncClient, database: Database) -> None:
    (error,) = (await do(client, "passwordResetRequest", {"email": ENCODED}))["userErrors"]
    assert "=?" in error["message"]


async def test_message_to_stored_unwritable_address_fails_quietly(database: Database) -> None:
    await add_person(database, "liisa@h.org")
    async with database.sessions.begin() as db:
        await db.execute(update(Account).values(email=ENCODED, email_key=ENCODED))
        for email in (ENCODED, "jussi@h.org"):
            to = Recipient(None, email, email, Language.FI, "")
            enqueue(db, NewMessage(MessageKind.ACCOUNT_ERASED, to), now())
    async with mail_server() as mails:
        with capture_logs() as logged:
            await worker_for(database, mails.url).drain()
    assert mails.recipients == [["jussi@h.org"]]
    failed, sent = await messages(database)
    assert (failed.status, failed.failure) == (MessageStatus.FAILED, "its address cannot stand in a message")
    assert sent.status is MessageStatus.SENT
    told = [(line["event"], line["message"], "exc_info" in line) for line in logged if line["log_level"] != "info"]
    assert told == [("recipient address cannot be written", str(failed.id), False)]
    async with database.sessions() as db:
        account = (await db.scalars(select(Account))).one()
    assert account.email_undeliverable_at is not None
