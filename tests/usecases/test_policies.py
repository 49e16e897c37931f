"""Use cases refuse by their policies, also when they are called by a door that has no rule."""

from uuid import uuid4

import pytest

from auth.authentication import authenticate
from auth.policies.reason import Reason
from auth.tokens import TokenKind
from auth.viewer import NOBODY
from models.audit import AuditResult
from models.db.clock import now
from server.db.database import Database
from tests.cast import RESTRICTED, Cast
from tests.schema.asking import audited
from usecases.account.export import export_account
from usecases.account.profile import update_profile
from usecases.audit.audit_record import Actor
from usecases.refusal import DeniedError, Refusal, RefusalCode, RefusedError, refuse_for
from usecases.session.session import revoke_session


def in_words(action: str, _result: AuditResult) -> str:
    return action


async def test_export_by_a_restricted_viewer_without_a_rule_is_denied(cast: Cast, database: Database) -> None:
    viewer = await authenticate(database.pool, TokenKind.ACCESS, cast.tokens[RESTRICTED])
    for actor in (Actor(viewer), Actor(NOBODY)):
        with pytest.raises(DeniedError):
            async with database.sessions.begin() as db:
                await export_account(db, actor, in_words, now=now())
    assert await audited(database, "account.export") == []


async def test_profile_update_of_a_restricted_viewer_changes_nothing(cast: Cast, database: Database) -> None:
    viewer = await authenticate(database.pool, TokenKind.ACCESS, cast.tokens[RESTRICTED])
    with pytest.raises(DeniedError):
        async with database.sessions.begin() as db:
            await update_profile(db, Actor(viewer), 1, {"display_name": "Uusi Nimi"})
    assert await audited(database, "profile.update") == []


async def test_revocation_of_an_unknown_session_is_not_found(cast: Cast, database: Database) -> None:
    viewer = await authenticate(database.pool, TokenKind.ACCESS, cast.tokens["member"])
    for session_id in (None, uuid4()):
        with pytest.raises(RefusedError) as refused:
            async with database.sessions.begin() as db:
                await revoke_session(db, Actor(viewer), session_id, now=now())
        assert [refusal.code for refusal in refused.value.refusals] == [RefusalCode.NOT_FOUND]


def test_refusal_with_details_stands_in_place_of_its_reason() -> None:
    detailed = Refusal(RefusalCode.NOT_FOUND, "SESSION_NOT_FOUND", ("id",))
    with pytest.raises(RefusedError) as refused:
        refuse_for([Reason.REAUTHENTICATION_REQUIRED, Reason.NOT_FOUND], detailed)
    plain = Refusal(RefusalCode.REAUTHENTICATION_REQUIRED, "REAUTHENTICATION_REQUIRED")
    assert refused.value.refusals == [plain, detailed]


def test_empty_reasons_are_not_refused() -> None:
    refuse_for([])
