"""Idempotency: a call whose key was used already gets the first answer again, without being done again.

The key is claimed in the transaction of the call. A refused call rolls the claim back, so its key stays free. Of two
calls at the same instant the second waits for the first at the primary key.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.idempotency_key import IdempotencyKey
from usecases.audit.action import Action
from usecases.refusal import Refusal, RefusalCode, RefusedError

KEPT = timedelta(hours=24)
SHORTEST, LONGEST = 16, 200  # characters; a shorter key could be guessed, and with it the input that it hides
FIELD = "idempotency_key"
NOBODY = UUID(int=0)  # stands for a caller who is not signed in; only the key distinguishes them


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """The stored form of a call with a key."""

    caller_id: UUID
    action: Action
    key_hash: bytes
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a call that was done before."""

    result: Any


def keyed_call(action: Action, caller_id: UUID | None, key: str, given: Mapping[str, Any]) -> KeyedCall:
    """Return the stored form of a call; raises RefusedError INVALID for a key of the wrong length."""
    if not SHORTEST <= len(key) <= LONGEST:
        raise RefusedError([Refusal(RefusalCode.INVALID, "IDEMPOTENCY_KEY_INVALID", (FIELD,))])
    secret = key.encode("utf-8", "surrogatepass")
    written = json.dumps(dict(given), sort_keys=True, default=str).encode()
    fingerprint = hmac.digest(secret, written, "sha256")
    return KeyedCall(caller_id or NOBODY, action, hashlib.sha256(secret).digest(), fingerprint)


async def claim(db: AsyncSession, call: KeyedCall, now: datetime) -> Done | None:
    """Claim a key for a call, or return the result of the same call before.

    Raises RefusedError IDEMPOTENCY_KEY_REUSED if the key belongs to a call with another input.
    """
    row = {"fingerprint": call.fingerprint, "created_at": now, "expires_at": now + KEPT, "result": None}
    claimed = (
        insert(IdempotencyKey)
        .values(caller_id=call.caller_id, action=call.action, key_hash=call.key_hash, **row)
        .on_conflict_do_update(
            index_elements=["caller_id", "action", "key_hash"], set_=row, where=IdempotencyKey.expires_at <= now
        )
        .returning(IdempotencyKey.action)
    )
    if await db.scalar(claimed) is not None:
        return None
    found = await db.get_one(IdempotencyKey, (call.caller_id, call.action, call.key_hash))
    if not hmac.compare_digest(found.fingerprint, call.fingerprint):
        raise RefusedError([Refusal(RefusalCode.IDEMPOTENCY_KEY_REUSED, "IDEMPOTENCY_KEY_REUSED", (FIELD,))])
    return Done(found.result)


async def keep_result(db: AsyncSession, call: KeyedCall, result: Any) -> None:
    """Store the result of a call that claimed its key; it is plain JSON and holds no secret."""
    own = (
        (IdempotencyKey.caller_id == call.caller_id)
        & (IdempotencyKey.action == call.action)
        & (IdempotencyKey.key_hash == call.key_hash)
    )
    await db.execute(update(IdempotencyKey).where(own).values(result=result))


async def forget_expired_keys(db: AsyncSession, *, now: datetime) -> None:
    """Delete the keys that have expired."""
    await db.execute(delete(IdempotencyKey).where(IdempotencyKey.expires_at <= now))
