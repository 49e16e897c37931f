"""Base of all tables: names of constraints, UUIDv7 ids made in Python, enumerations stored as checked text."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from sqlalchemy import DateTime, Enum, MetaData, func
from sqlalchemy.orm import DeclarativeBase, mapped_column
from uuid_utils.compat import uuid7

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base: one metadata; every time has a zone."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's own spelling


Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
Moment = Annotated[datetime, mapped_column(server_default=func.now())]
Version = Annotated[int, mapped_column(default=1, server_default="1")]


def checked_text(values: type[StrEnum]) -> Enum:
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in values.__name__).lstrip("_")
    return Enum(
        values, native_enum=False, create_constraint=True, name=name, values_callable=lambda e: [m.value for m in e]
    )
