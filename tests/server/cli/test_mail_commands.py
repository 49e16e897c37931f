"""Commands about mail, run as by an operator; a missing setting is named before anything is sent."""

import asyncio
import os

import pytest

from models.db.clock import now
from server.config.env import SettingsError, read_settings, variable_of
from server.config.errors import CommandFailedError
from server.config.settings import Settings
from server.db.database import Database
from server.mail.wiring import mail_worker
from tests.schema.asking import account_of, add_person
from tests.server.cli.command_line import omaposti
from tests.server.mail.messages import change_messages, enqueued, messages
from tests.usecases.mail.test_bounce import NESTED, START, VICTIM, report
from usecases.mail.bounce import LARGEST
from usecases.mail.outbox import HANDOVER

MAIL = {
    "smtp_url": "smtps://user:p%40ss@mx.example",
    "public_url": "https://omaposti.example",
    "mail_from": "a@b.example",
}


async def run(dsn: str, *arguments: str, given: bytes = b"") -> tuple[int | None, str]:
    """Run `omaposti` and return its exit code and output."""
    environment = os.environ | {"DATABASE_URL": dsn}
    ran = await asyncio.to_thread(omaposti, *arguments, environment=environment, given=given, together=True)
    return ran.returncode, ran.stdout


async def test_messages_in_doubt_are_listed_without_the_whole_address(database: Database, dsn: str) -> None:
    await enqueued(database)
    await change_messages(database, status="SENDING", sending_at=now() - HANDOVER)
    code, said = await run(dsn, "mail", "doubtful")
    (message,) = await messages(database)
    assert code == 0
    assert said.startswith(f"{message.id}\tPASSWORD_CHANGED\tl…@posti.example\t")


async def test_bounce_from_a_pipe_marks_the_address(database: Database, dsn: str) -> None:
    await add_person(database, VICTIM)
    await enqueued(database, VICTIM)
    code, said = await run(dsn, "mail", "bounce", given=await report(database))
    assert (code, said) == (0, "1 of 1 reported messages came back from an address at fault.\n")
    assert (await account_of(database, "victim")).email_undeliverable_at is not None


async def test_bounce_that_cannot_be_read_is_dropped_with_one_line(database: Database, dsn: str) -> None:
    code, said = await run(dsn, "mail", "bounce", given=START + NESTED)
    assert (code, len(said.splitlines())) == (os.EX_DATAERR, 1)
    assert said.startswith("omaposti: nothing was changed: the report has no message/delivery-status part")


async def test_bounce_larger_than_any_is_read_to_its_end_and_dropped(database: Database, dsn: str) -> None:
    """A mail server whose pipe closes early does not see the exit code."""
    code, said = await run(dsn, "mail", "bounce", given=START + bytes(2 * LARGEST))
    assert code == os.EX_DATAERR
    assert "larger than" in said


async def test_bounce_is_kept_while_the_database_is_away(database: Database, dsn: str) -> None:
    await enqueued(database)
    raw = await report(database)
    code, said = await run("postgresql://nobody@127.0.0.1:1/none", "mail", "bounce", given=raw)
    assert (code, len(said.splitlines())) == (os.EX_TEMPFAIL, 1)
    assert "the database cannot be reached" in said


async def test_other_mail_is_told_apart_and_never_bounced_back(database: Database, dsn: str) -> None:
    code, said = await run(dsn, "mail", "bounce", given=b"Subject: Out of office\r\n\r\nBack on Monday.")
    assert code == 0
    assert said.startswith("nothing was changed: ")


async def test_bounce_that_is_too_large_is_read_to_its_end_and_refused(database: Database, dsn: str) -> None:
    await add_person(database, VICTIM)
    await enqueued(database, VICTIM)
    code, said = await run(dsn, "mail", "bounce", given=await report(database) + b"\r\n" * 6_000_000)
    assert code == os.EX_DATAERR
    assert said.startswith("omaposti: nothing was changed: ")
    assert (await account_of(database, "victim")).email_undeliverable_at is None


@pytest.mark.parametrize(
    ("missing", "named"),
    [("smtp_url", "OMAPOSTI_SMTP_URL"), ("public_url", "OMAPOSTI_PUBLIC_URL"), ("mail_from", "OMAPOSTI_MAIL_FROM")],
)
async def test_production_worker_needs_its_mail_settings(database: Database, missing: str, named: str) -> None:
    given = {name: value for name, value in MAIL.items() if name != missing}
    with pytest.raises(CommandFailedError, match=named):
        mail_worker(Settings(environment="production", **given), database)  # type: ignore[arg-type] # all of type str
    mail_worker(Settings(environment="production", **MAIL), database)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("public_url", "omaposti.example"),
        ("public_url", "https://omaposti.example/"),
        ("public_url", "https://omaposti.example?x"),
        ("public_url", "https://user@omaposti.example"),
        ("smtp_url", "mx.example:25"),
        ("smtp_url", "http://mx.example"),
        ("mail_from", "OmaPosti"),
        ("mail_from", "a@b.example, c@d.example"),
        ("mail_from", "OmaPosti <a@b.example>\r\nBcc: c@d.example"),
        ("mail_per_domain", "0"),
    ],
)
def test_a_setting_that_could_spoil_a_message_is_refused(setting: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable_of(setting)):
        read_settings({variable_of(setting): value})


def test_a_password_in_the_mail_servers_address_is_not_shown() -> None:
    assert "ss@mx" not in repr(Settings(**MAIL))  # type: ignore[arg-type]
