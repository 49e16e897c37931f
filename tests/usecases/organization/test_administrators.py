"""Organizations with unreachable administrators: at risk at once, vacant after their time, active again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models.account import Account
from models.db.clock import now
from models.membership import Membership, Role
from models.message import Message, MessageStatus
from models.organization import Organization, OrganizationStatus
from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from server.jobs.vacancies import vacate_due, vacating_along
from server.mail.wiring import mail_worker
from tests.cast import Cast
from tests.schema.asking import account_of, audited
from tests.schema.mutations.account.closing import close, mailed_token, undo
from tests.schema.mutations.account.mailed import tokens
from tests.schema.mutations.account.own_account import PASSWORD, do
from tests.server.cli.test_mail_commands import run
from tests.server.mail.mail_server import mail_server
from tests.server.mail.messages import enqueued, worker_for
from tests.usecases.mail.test_bounce import REPORT
from usecases.account.undeliverable import record_bounces
from usecases.mail.bounce import Bounce
from usecases.mail.message_kind import MessageKind

DEAD = "administrator@demo.example"
DEMO = "9200001-5"
ORGANIZATION = """{ organization(businessId: "9200001-5") {
  status administratorsAtRiskSince administratorsAtRiskUntil administrators { nodes { displayName } } } }"""


async def message_to(database: Database, who: str) -> Message:
    """Enqueue and return a message that has been sent to one of the cast."""
    email = f"{who}@demo.example"
    await enqueued(database, email)
    async with database.sessions.begin() as db:
        sent = select(Message).where(Message.email_key == email).order_by(Message.id.desc()).limit(1)
        message = (await db.scalars(sent)).one()
        message.status, message.sent_at = MessageStatus.SENT, now()
    return message


async def bounce(database: Database, who: str = "administrator") -> None:
    message = await message_to(database, who)
    async with database.sessions.begin() as db:
        assert await record_bounces(db, [Bounce(message.id, message.email_key, "5.1.1")], now()) == 1


async def organization(database: Database) -> Organization:
    async with database.sessions() as db:
        return (await db.scalars(select(Organization).where(Organization.identifier == DEMO))).one()


async def told(database: Database, kind: MessageKind) -> list[str]:
    """Return the addresses with a message of that kind, one for each message."""
    async with database.sessions() as db:
        sent = select(Message.email).where(Message.kind == kind)
        return sorted(await db.scalars(sent))


async def let_time_pass(database: Database) -> None:
    async with database.sessions.begin() as db:
        at_risk = update(Organization).where(Organization.administrators_at_risk_until.is_not(None))
        await db.execute(at_risk.values(administrators_at_risk_until=now()))


async def promote(database: Database, who: str) -> None:
    account = await account_of(database, who)
    async with database.sessions.begin() as db:
        await db.execute(update(Membership).where(Membership.account_id == account.id).values(role=Role.ADMINISTRATOR))


MEMBERS = ["manager@demo.example", "member@demo.example"]


async def test_a_hard_bounce_of_the_only_administrator_puts_at_risk(cast: Cast, database: Database) -> None:
    before = now()
    await bounce(database)
    demo = await organization(database)
    assert demo.status is OrganizationStatus.ACTIVE
    assert demo.administrators_at_risk_since is not None
    assert demo.administrators_at_risk_until is not None
    assert before <= demo.administrators_at_risk_since <= now()
    assert demo.administrators_at_risk_until >= before + timedelta(days=14)
    assert await told(database, MessageKind.ADMINISTRATOR_AT_RISK) == MEMBERS
    (entry,) = [one for one in await audited(database, "organization.atRisk") if one.organization_id == demo.id]
    assert (entry.actor_name, entry.subject_id) == ("mail", (await account_of(database, "administrator")).id)


async def test_a_refusal_at_rcpt_to_puts_at_risk(cast: Cast, database: Database) -> None:
    await enqueued(database, DEAD)
    async with mail_server() as mails:
        mails.refusals[DEAD] = "550 5.1.1 no such user"
        await worker_for(database, mails.url).drain()
        assert [DEAD] not in mails.recipients
        await worker_for(database, mails.url).drain()
        assert sorted(address for (address,) in mails.recipients) == MEMBERS
    assert (await organization(database)).administrators_at_risk_since is not None


async def test_second_bounce_sends_no_more_messages(cast: Cast, database: Database) -> None:
    await bounce(database)
    since = (await organization(database)).administrators_at_risk_since
    await bounce(database)
    assert (await organization(database)).administrators_at_risk_since == since
    assert await told(database, MessageKind.ADMINISTRATOR_AT_RISK) == MEMBERS


async def test_another_effective_administrator_keeps_it_safe(cast: Cast, database: Database) -> None:
    await promote(database, "manager")
    await bounce(database)
    assert (await organization(database)).administrators_at_risk_since is None
    await bounce(database, "manager")
    assert (await organization(database)).administrators_at_risk_since is not None
    assert await told(database, MessageKind.ADMINISTRATOR_AT_RISK) == ["member@demo.example"]


@pytest.mark.parametrize("rounds", [3, pytest.param(200, marks=pytest.mark.long)])
async def test_bounces_of_two_administrators_at_once_put_at_risk_once(
    cast: Cast, database: Database, rounds: int
) -> None:
    await promote(database, "manager")
    for round_ in range(1, rounds + 1):
        await asyncio.gather(bounce(database), bounce(database, "manager"))
        assert (await organization(database)).administrators_at_risk_since is not None
        assert await told(database, MessageKind.ADMINISTRATOR_AT_RISK) == ["member@demo.example"] * round_
        for who in ("administrator", "manager"):
            await confirm(cast, database, who)


async def confirm(cast: Cast, database: Database, who: str = "administrator") -> None:
    """Prove the address by a password reset, as a person does who gets no mail."""
    await do(cast.client, "passwordResetRequest", {"email": f"{who}@demo.example"})
    given = {"token": (await tokens(database, MessageKind.PASSWORD_RESET))[-1], "newPassword": PASSWORD}
    assert await do(cast.client, "passwordReset", given) == {"userErrors": []}


async def test_an_address_that_is_proved_again_ends_the_risk(cast: Cast, database: Database) -> None:
    await bounce(database)
    await confirm(cast, database)
    demo = await organization(database)
    assert (demo.administrators_at_risk_since, demo.administrators_at_risk_until) == (None, None)
    entries = await audited(database, "organization.restore")
    assert demo.id in {entry.organization_id for entry in entries}
    await let_time_pass(database)
    assert await vacate_due(database) == (0, 0)


async def test_another_address_ends_the_risk(cast: Cast, database: Database) -> None:
    await bounce(database)
    headers = {"Authorization": f"Bearer {cast.tokens['administrator']}"}
    await do(cast.client, "emailChangeRequest", {"email": "uusi@demo.example"}, headers)
    token = (await tokens(database, MessageKind.EMAIL_CHANGE_CONFIRM))[-1]
    assert not (await do(cast.client, "emailChangeConfirm", {"token": token}, headers))["userErrors"]
    assert (await organization(database)).administrators_at_risk_since is None


async def test_an_administrator_who_comes_back_ends_the_risk(cast: Cast, database: Database) -> None:
    await promote(database, "manager")
    assert (await close(cast, "manager"))["userErrors"] == []
    await bounce(database)
    assert (await organization(database)).administrators_at_risk_since is not None
    assert await undo(cast, await mailed_token(database)) == []
    assert (await organization(database)).administrators_at_risk_since is None


async def test_organization_is_vacated_only_after_its_time_at_risk(cast: Cast, database: Database) -> None:
    await bounce(database)
    assert await vacate_due(database) == (0, 0)
    await let_time_pass(database)
    assert (await vacate_due(database))[1] == 0
    demo = await organization(database)
    assert (demo.status, demo.administrators_at_risk_since) == (OrganizationStatus.ADMINISTRATOR_VACANT, None)
    assert await told(database, MessageKind.ADMINISTRATOR_VACANT) == MEMBERS
    (entry,) = [one for one in await audited(database, "organization.vacate") if one.organization_id == demo.id]
    assert (entry.actor_name, entry.subject_id) == ("administrator-watch", None)
    await confirm(cast, database)
    assert (await organization(database)).status is OrganizationStatus.ACTIVE


async def test_several_processes_vacate_an_organization_once(cast: Cast, database: Database) -> None:
    await bounce(database)
    await let_time_pass(database)
    outcomes = await asyncio.gather(*(vacate_due(database) for _ in range(4)))
    at_risk = len(await audited(database, "organization.atRisk"))
    assert [sum(numbers) for numbers in zip(*outcomes, strict=True)] == [at_risk, 0]
    assert await told(database, MessageKind.ADMINISTRATOR_VACANT) == MEMBERS


async def test_confirmation_at_the_end_of_the_risk_keeps_it_active(cast: Cast, database: Database) -> None:
    await bounce(database)
    await let_time_pass(database)
    await asyncio.gather(vacate_due(database), confirm(cast, database))
    assert (await organization(database)).status is OrganizationStatus.ACTIVE


async def test_members_are_told_of_an_administrator_who_insists_on_closing(cast: Cast, database: Database) -> None:
    assert (await close(cast, "administrator", insist=True))["userErrors"] == []
    assert await told(database, MessageKind.ADMINISTRATOR_VACANT) == MEMBERS
    demo = await organization(database)
    entries = await audited(database, "organization.vacate")
    assert demo.id in {entry.organization_id for entry in entries}


async def test_members_see_begin_and_end_of_the_risk(cast: Cast, database: Database) -> None:
    safe = (await cast.ask("member", ORGANIZATION))["data"]["organization"]
    assert (safe["administratorsAtRiskSince"], safe["administratorsAtRiskUntil"]) == (None, None)
    await bounce(database)
    for who in ("member", "support"):
        seen = (await cast.ask(who, ORGANIZATION))["data"]["organization"]
        assert (seen["status"], seen["administrators"]["nodes"]) == ("ACTIVE", [])
        assert seen["administratorsAtRiskSince"] < seen["administratorsAtRiskUntil"]
    assert (await cast.ask("consumer", ORGANIZATION))["data"]["organization"] is None


async def test_setting_decides_the_time_at_risk(
    cast: Cast, database: Database, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await message_to(database, "administrator")
    told_of = {"recipient": DEAD, "action": "failed", "status": "5.1.1", "returned": "text/rfc822-headers"}
    report = REPORT.format(message_id=message.id, **told_of).encode()
    monkeypatch.setenv("OMAPOSTI_ADMINISTRATOR_RISK_DAYS", "3")
    assert (await run(dsn, "mail", "bounce", given=report))[0] == 0
    demo = await organization(database)
    assert demo.administrators_at_risk_until is not None
    assert demo.administrators_at_risk_since is not None
    assert timedelta(days=2) < demo.administrators_at_risk_until - demo.administrators_at_risk_since < timedelta(days=4)


async def test_the_worker_takes_the_setting(cast: Cast, database: Database) -> None:
    await enqueued(database, DEAD)
    async with mail_server() as mails:
        mails.refusals[DEAD] = "550 5.1.1 no such user"
        settings = Settings(environment="development", smtp_url=mails.url, administrator_risk_days=30)
        await mail_worker(settings, database).drain()
    until = (await organization(database)).administrators_at_risk_until
    assert until is not None
    assert until > now() + timedelta(days=29)


async def until_vacant(database: Database) -> None:
    async with asyncio.timeout(5):
        while (await organization(database)).status is OrganizationStatus.ACTIVE:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.01)


async def test_worker_vacates_overdue_organizations_at_its_start(cast: Cast, database: Database) -> None:
    await bounce(database)
    await let_time_pass(database)
    async with vacating_along(database):
        await until_vacant(database)


async def test_demo_vacates_overdue_organizations_at_its_start(
    cast: Cast, database: Database, dsn: str, settings: Settings, tmp_path: Path
) -> None:
    await bounce(database)
    await let_time_pass(database)
    demo = create_app(replace(settings, demo=True, data_dir=tmp_path), dsn)
    async with demo.router.lifespan_context(demo):
        await until_vacant(database)


async def test_bounce_of_a_person_without_organizations_changes_none(cast: Cast, database: Database) -> None:
    await bounce(database, "member")
    async with database.sessions() as db:
        bounced = select(func.count()).select_from(Account).where(Account.email_undeliverable_at.is_not(None))
        assert await db.scalar(bounced) == 1
    assert await told(database, MessageKind.ADMINISTRATOR_AT_RISK) == []
