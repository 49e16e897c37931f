"""Electronic services."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Text, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from models.db.base import Base, Id, checked_text
from models.db.keyset import nodes
from models.db.query import labelled


class Audience(StrEnum):
    """Users of a service: consumers, businesses or both."""

    CONSUMER = "CONSUMER"
    BUSINESS = "BUSINESS"


class Service(Base):
    """An electronic service, named in each of our languages."""

    __tablename__ = "services"
    __table_args__ = (CheckConstraint("code ~ '^[A-Z][A-Z0-9_]*$'", name="code_shape"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(Text, unique=True)
    audience: Mapped[Audience] = mapped_column(checked_text(Audience))
    name_fi: Mapped[str] = mapped_column(Text)
    name_sv: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)


COLUMNS = labelled(
    "service", Service.id, Service.code, Service.audience, Service.name_fi, Service.name_sv, Service.name_en
)

ALL_SERVICES = select(*COLUMNS).order_by(Service.code)
SERVICES_BY_ID = nodes("Service", select(*COLUMNS), Service.id)
SERVICE_BY_CODE = select(*COLUMNS).where(Service.code == bindparam("code", type_=Text()))
