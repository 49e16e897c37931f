"""Tasks that a person must do before anything else in their account; an open task restricts all sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models.task import Task, TaskKind


async def open_task(db: AsyncSession, account_id: UUID, kind: TaskKind, now: datetime) -> None:
    """Give an account a task if it is not open already; its sessions are restricted from the next request on."""
    wanted = insert(Task).values(id=uuid7(), account_id=account_id, kind=kind, opened_at=now)
    await db.execute(
        wanted.on_conflict_do_nothing(index_elements=[Task.account_id, Task.kind], index_where=Task.done_at.is_(None))
    )


async def complete_task(db: AsyncSession, account_id: UUID, kind: TaskKind, now: datetime) -> bool:
    """Mark an open task as done, and return whether there was one; call it in the action that the task asks for."""
    done = await db.scalar(
        update(Task)
        .where(Task.account_id == account_id, Task.kind == kind, Task.done_at.is_(None))
        .values(done_at=now)
        .returning(Task.id)
    )
    return done is not None
