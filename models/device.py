"""Devices that an account has signed in from before; each has its own rate limit, so nobody can lock it out."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, bindparam, func
from sqlalchemy.orm import Mapped, mapped_column

from models.account import CREDENTIAL, Account
from models.db.base import Base, Id, Moment
from models.db.clock import NOW

KEPT_FOR = timedelta(days=400)  # since the last sign-in; browsers keep a cookie no longer than this


class Device(Base):
    """A device known to an account by a secret of its own."""

    __tablename__ = "devices"

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]


# A sign-in checks the account's password, and whether the request comes from a device of the account.
# `usecases.session.device.device_hash` computes the same hash of the device's secret.
CREDENTIAL_AND_DEVICE = CREDENTIAL.add_columns(Device.id.label("device_id")).outerjoin_from(
    Account,
    Device,
    (
        Device.secret_hash
        == func.sha256(bindparam("device_hash", type_=LargeBinary()).concat(func.uuid_send(Account.id)))
    )
    & (Device.last_seen_at > NOW - KEPT_FOR),
)
