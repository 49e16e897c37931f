"""A message with only a dead link is not sent; notices and alarms are sent nevertheless."""

import pytest

from server.db.database import Database
from tests.cast import Cast
from tests.schema.asking import audited
from tests.schema.mutations.account.closing import close
from tests.schema.mutations.account.mailed import token, tokens
from tests.schema.mutations.account.own_account import PASSWORD, codes, do
from tests.schema.mutations.session.session_facts import tokens_of
from tests.server.mail.mail_server import mail_server
from tests.server.mail.messages import messages, worker_for
from usecases.mail.message_kind import MessageKind

MEMBER = "member@demo.example"


def headers(cast: Cast) -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.tokens['member']}"}


async def outcome(database: Database) -> list[tuple[str, str]]:
    """Let the worker send waiting messages, and return the status of each one with a link."""
    async with mail_server() as mails:
        await worker_for(database, mails.url).drain()
    return [(message.kind, message.status.value) for message in await messages(database)]


ASKED_TWICE = {
    MessageKind.PASSWORD_RESET: ("passwordResetRequest", {"email": MEMBER}),
    MessageKind.SIGN_UP_CONFIRM: ("signUp", {"email": "uusi@x.example", "password": PASSWORD, "displayName": "Uusi"}),
    MessageKind.EMAIL_CHANGE_CONFIRM: ("emailChangeRequest", {"email": "jussi@x.example"}),
    MessageKind.ACCOUNT_REOPEN: ("passwordResetRequest", {"email": "consumer@demo.example"}),
}


@pytest.mark.parametrize("kind", ASKED_TWICE)
async def test_of_two_links_only_the_newest_is_sent(cast: Cast, database: Database, kind: MessageKind) -> None:
    if kind is MessageKind.ACCOUNT_REOPEN:
        await close(cast, "consumer")
    name, given = ASKED_TWICE[kind]
    for _ in range(2):
        assert codes(await do(cast.client, name, given, headers(cast))) == []
    assert [each for each in await outcome(database) if each[0] == kind] == [(kind, "FAILED"), (kind, "SENT")]
    dead = next(message for message in await messages(database) if message.kind == kind)
    assert (dead.failure, dead.secrets) == ("the link was used or replaced before the message could be sent", None)


async def test_link_to_a_password_that_was_set_meanwhile_is_not_sent(cast: Cast, database: Database) -> None:
    await do(cast.client, "passwordResetRequest", {"email": MEMBER})
    given = {"token": await token(database, MessageKind.PASSWORD_RESET), "newPassword": PASSWORD}
    assert codes(await do(cast.client, "passwordReset", given)) == []
    assert await outcome(database) == [(MessageKind.PASSWORD_RESET, "FAILED"), (MessageKind.PASSWORD_SET, "SENT")]


async def test_alarm_is_sent_although_it_was_answered(cast: Cast, database: Database) -> None:
    """Two alarms wait, and the second is answered elsewhere; the first still informs the person."""
    for _ in range(2):
        await tokens_of(cast.client, "member")
    secret = (await tokens(database, MessageKind.SIGNED_IN_FROM_NEW_DEVICE))[-1]
    assert codes(await do(cast.client, "accountSecure", {"token": secret})) == []
    alarm = (MessageKind.SIGNED_IN_FROM_NEW_DEVICE, "SENT")
    assert await outcome(database) == [alarm, alarm, (MessageKind.PASSWORD_VOIDED, "SENT")]
    assert len(await audited(database, "account.secure")) == 1
