"""Tasks that a person must do before they can use their account for anything else."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, any_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Id, Moment, checked_text
from models.db.keyset import IDS
from models.db.query import labelled


class TaskKind(StrEnum):
    """Kinds of tasks; the renewal's policy decides which people get which."""

    CONFIRM_EMAIL = "CONFIRM_EMAIL"
    SET_NEW_PASSWORD = "SET_NEW_PASSWORD"  # noqa: S105 - the name of a task, not a secret
    CHOOSE_OWN_EMAIL = "CHOOSE_OWN_EMAIL"
    CONFIRM_MEMBERSHIP = "CONFIRM_MEMBERSHIP"


class Task(Base):
    """A task of one account; while one is open, its sessions are restricted."""

    __tablename__ = "tasks"
    __table_args__ = (Index("uq_tasks_open", "account_id", "kind", unique=True, postgresql_where="done_at IS NULL"),)

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[TaskKind] = mapped_column(checked_text(TaskKind))
    opened_at: Mapped[Moment]
    done_at: Mapped[datetime | None]


OPEN_TASKS_OF_ACCOUNTS = (
    select(Task.account_id, *labelled("task", Task.kind, Task.opened_at))
    .where(Task.account_id == any_(IDS), Task.done_at.is_(None))
    .order_by(Task.opened_at, Task.id)
)
