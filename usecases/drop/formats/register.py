"""Company register: JSON Lines in the shape of the Finnish business register's open data, version 3."""

from datetime import date
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from models.organization import RegisterStatus
from models.values.business_id import parse_business_id
from models.values.organization_name import parse_organization_name
from models.values.refusal import InvalidValue

NAME_TYPES = {"1": 0, "2": 1}  # the trade name first, then its parallel names; auxiliary names (3) name a part only
CEASED = "4"  # tradeRegisterStatus
_SITUATIONS = {
    "KONK": RegisterStatus.BANKRUPT,
    "SELTILA": RegisterStatus.LIQUIDATION,
    "SANE": RegisterStatus.REGISTERED,  # a company under restructuring continues, under its own administrators
}


class Company(NamedTuple):
    """A company in the register; the first name is its usual one."""

    business_id: str
    names: list[str]
    status: RegisterStatus
    ceased_on: date | None


class _BusinessId(Struct):
    value: str


class _Dated(Struct):
    type: str
    ended_on: date | None = field(default=None, name="endDate")


class _Name(_Dated, kw_only=True):
    name: str


class _Written(Struct, rename="camel"):
    business_id: _BusinessId
    names: list[_Name]
    company_situations: list[_Dated] = []
    trade_register_status: str = ""
    ended_on: date | None = field(default=None, name="endDate")


def read_company(cells: dict[str, Any]) -> Company | None:
    """Return the company of a record, or None if it lacks a Business ID or a name."""
    try:
        written = msgspec.convert(cells, _Written)
        business_id = parse_business_id(written.business_id.value).value
        names = [parse_organization_name(name.name) for name in _in_use(written.names)]
    except (msgspec.ValidationError, InvalidValue):
        return None
    return Company(business_id, names, _status(written), written.ended_on) if names else None


def _in_use(names: list[_Name]) -> list[_Name]:
    live = [name for name in names if name.ended_on is None and name.type in NAME_TYPES]
    return sorted(live, key=lambda name: NAME_TYPES[name.type])


def _status(written: _Written) -> RegisterStatus:
    if written.trade_register_status == CEASED or written.ended_on is not None:
        return RegisterStatus.CEASED
    open_ones = {
        _SITUATIONS.get(situation.type) for situation in written.company_situations if situation.ended_on is None
    }
    for status in (RegisterStatus.BANKRUPT, RegisterStatus.LIQUIDATION):
        if status in open_ones:
            return status
    return RegisterStatus.REGISTERED
