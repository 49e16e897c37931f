"""Claims of each kind of message, compared with the account at the moment of enqueuing.

A claim that offers a remedy (a link, a button, the sign-in page) is true if the remedy works.
"""

from collections.abc import Mapping

from sqlalchemy import select

from models.account import AccountStatus, EmailConfirmation
from models.organization import Organization, OrganizationStatus
from tests.schema.mutations.account.own_account import PASSWORD as NEW_PASSWORD
from tests.schema.types.message_scenes import (
    LIISA,
    MOVED,
    Scene,
    Step,
    ask_for_reset,
    reopen,
)
from usecases.demo import PASSWORD
from usecases.mail.message_kind import MessageKind

THIRD_PASSWORD = "kolmannen myllyn kalat uivat"


async def sets_password(scene: Scene, kind: MessageKind) -> None:
    """The link of a message sets a password once, and that password signs in."""
    given = {"token": await scene.link(kind), "newPassword": THIRD_PASSWORD}
    assert await scene.do("passwordReset", given) == []
    assert await scene.opens(THIRD_PASSWORD, LIISA)
    assert await scene.do("passwordReset", given) == ["TOKEN_INVALID"]


async def button_shuts_out(scene: Scene, kind: MessageKind, *passwords: str) -> None:
    """The button of an alarm signs out all devices, voids the password, and mails a link to set another."""
    assert await scene.do("accountSecure", {"token": await scene.link(kind)}) == []
    assert not await scene.any_session()
    for password in passwords:
        assert not await scene.opens(password)
    await sets_password(scene, MessageKind.PASSWORD_VOIDED)


async def sign_up_confirm(scene: Scene) -> None:
    assert not await scene.opens(NEW_PASSWORD), "cannot be used before the address is confirmed"
    given = {"token": await scene.link(MessageKind.SIGN_UP_CONFIRM), "password": NEW_PASSWORD}
    assert await scene.do("emailConfirm", given) == []
    assert await scene.opens(NEW_PASSWORD)


async def already_have_account(scene: Scene) -> None:
    account = await scene.account()
    assert (account.status, account.display_name) == (AccountStatus.ACTIVE, "Liisa Lisätty"), "nothing was changed"
    if account.password_hash is not None:
        assert await scene.opens(PASSWORD)
    await ask_for_reset(scene)
    await sets_password(scene, MessageKind.PASSWORD_RESET if account.password_hash else MessageKind.PASSWORD_MISSING)


async def already_have_closed_account(scene: Scene) -> None:
    assert (await scene.account()).status is AccountStatus.CLOSED
    await ask_for_reset(scene)
    await reopen(scene)
    assert await scene.opens(PASSWORD)


async def email_proof(scene: Scene) -> None:
    identity = (await scene.account()).id
    async with scene.database.sessions() as db:
        assert await db.get(EmailConfirmation, (identity, LIISA)) is None, "there is something to confirm"
    assert await scene.do("emailConfirm", {"token": await scene.link(MessageKind.EMAIL_PROOF)}) == []
    async with scene.database.sessions() as db:
        assert await db.get(EmailConfirmation, (identity, LIISA)) is not None


async def password_reset(scene: Scene) -> None:
    assert await scene.opens(PASSWORD), "the password stays as it is"
    await sets_password(scene, MessageKind.PASSWORD_RESET)


async def password_missing(scene: Scene) -> None:
    assert (await scene.account()).password_hash is None
    assert not await scene.any_session()
    await sets_password(scene, MessageKind.PASSWORD_MISSING)


async def password_voided(scene: Scene) -> None:
    account = await scene.account()
    assert (account.email, account.password_hash) == (LIISA, None)
    assert not await scene.any_session()
    await sets_password(scene, MessageKind.PASSWORD_VOIDED)


async def password_changed(scene: Scene) -> None:
    assert await scene.lives(scene.own), "all other devices"
    await button_shuts_out(scene, MessageKind.PASSWORD_CHANGED, PASSWORD, NEW_PASSWORD)


async def password_set(scene: Scene) -> None:
    assert not await scene.any_session()
    assert await scene.opens(NEW_PASSWORD)
    await button_shuts_out(scene, MessageKind.PASSWORD_SET, PASSWORD, NEW_PASSWORD)


async def email_change_confirm(scene: Scene) -> None:
    token = {"token": await scene.link(MessageKind.EMAIL_CHANGE_CONFIRM)}
    account = await scene.account()
    assert account.email == LIISA, "nothing changes without confirmation"
    assert await scene.do("emailChangeConfirm", token, scene.own) == []
    assert (await scene.account()).email == MOVED


async def email_changed_notice(scene: Scene) -> None:
    account = await scene.account()
    assert await scene.opens(PASSWORD, account.email), "the new address signs in"
    assert await scene.do("emailChangeRevert", {"token": await scene.link(MessageKind.EMAIL_CHANGED_NOTICE)}) == []
    account = await scene.account()
    assert (account.email, account.password_hash) == (LIISA, None)
    assert not await scene.any_session()


async def email_change_attempted(scene: Scene) -> None:
    account = await scene.account()
    assert account.email == LIISA, "the address belongs to the account, and nothing was changed"


async def account_closed(scene: Scene) -> None:
    assert (await scene.account()).status is AccountStatus.CLOSED
    assert not await scene.any_session()
    await reopen(scene)
    await ask_for_reset(scene)
    await sets_password(scene, MessageKind.PASSWORD_RESET)


async def account_reopen(scene: Scene) -> None:
    account = await scene.account()
    assert (account.status, account.email) == (AccountStatus.CLOSED, LIISA)
    assert not await scene.opens(PASSWORD)
    await reopen(scene)
    assert await scene.opens(PASSWORD) is (account.password_hash is not None)
    await ask_for_reset(scene)
    await sets_password(scene, MessageKind.PASSWORD_RESET if account.password_hash else MessageKind.PASSWORD_MISSING)


async def account_suspended(scene: Scene) -> None:
    assert (await scene.account()).status is AccountStatus.SUSPENDED
    assert not await scene.opens(PASSWORD)
    await ask_for_reset(scene)
    assert (await scene.enqueued())[-1] == (MessageKind.ACCOUNT_SUSPENDED, LIISA), "no new password can be set"


async def account_erased(scene: Scene) -> None:
    assert not await scene.opens(PASSWORD)
    given = {"email": LIISA, "password": NEW_PASSWORD, "displayName": "Liisa"}
    assert await scene.do("signUp", given) == []
    assert (await scene.enqueued())[-1] == (MessageKind.SIGN_UP_CONFIRM, LIISA), "a new account can be created"


async def session_family_revoked(scene: Scene) -> None:
    assert await scene.lives(scene.own), "one device was signed out, and no other"
    await button_shuts_out(scene, MessageKind.SESSION_FAMILY_REVOKED, PASSWORD)


async def signed_in_from_new_device(scene: Scene) -> None:
    assert await scene.any_session()
    await button_shuts_out(scene, MessageKind.SIGNED_IN_FROM_NEW_DEVICE, PASSWORD)


async def administrator_at_risk(scene: Scene) -> None:
    organization = await only_organization(scene)
    assert organization.status is OrganizationStatus.ACTIVE, "it is left without an administrator only later"
    assert organization.administrators_at_risk_until is not None
    assert await scene.opens(PASSWORD), "the reader's own account works as before"


async def administrator_vacant(scene: Scene) -> None:
    assert (await only_organization(scene)).status is OrganizationStatus.ADMINISTRATOR_VACANT
    assert await scene.opens(PASSWORD), "the reader's own account works as before"


async def only_organization(scene: Scene) -> Organization:
    async with scene.database.sessions() as db:
        return (await db.scalars(select(Organization))).one()


CLAIMS: Mapping[MessageKind, Step] = {
    MessageKind.SIGN_UP_CONFIRM: sign_up_confirm,
    MessageKind.ALREADY_HAVE_ACCOUNT: already_have_account,
    MessageKind.ALREADY_HAVE_CLOSED_ACCOUNT: already_have_closed_account,
    MessageKind.EMAIL_PROOF: email_proof,
    MessageKind.PASSWORD_RESET: password_reset,
    MessageKind.PASSWORD_MISSING: password_missing,
    MessageKind.PASSWORD_VOIDED: password_voided,
    MessageKind.PASSWORD_CHANGED: password_changed,
    MessageKind.PASSWORD_SET: password_set,
    MessageKind.EMAIL_CHANGE_CONFIRM: email_change_confirm,
    MessageKind.EMAIL_CHANGED_NOTICE: email_changed_notice,
    MessageKind.EMAIL_CHANGE_ATTEMPTED: email_change_attempted,
    MessageKind.ACCOUNT_CLOSED: account_closed,
    MessageKind.ACCOUNT_REOPEN: account_reopen,
    MessageKind.ACCOUNT_SUSPENDED: account_suspended,
    MessageKind.ACCOUNT_ERASED: account_erased,
    MessageKind.SESSION_FAMILY_REVOKED: session_family_revoked,
    MessageKind.SIGNED_IN_FROM_NEW_DEVICE: signed_in_from_new_device,
    MessageKind.ADMINISTRATOR_AT_RISK: administrator_at_risk,
    MessageKind.ADMINISTRATOR_VACANT: administrator_vacant,
}
