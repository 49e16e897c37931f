"""Rules on a row's organization, from the company register."""

from collections.abc import Iterator

from models.organization import RegisterStatus
from models.values.organization_name import same_organization_name
from usecases.drop.base.flags import Flag
from usecases.drop.decide.facts import Facts, Row

_STATUSES = {
    RegisterStatus.LIQUIDATION: Flag.ORG_LIQUIDATION,
    RegisterStatus.BANKRUPT: Flag.ORG_BANKRUPT,
    RegisterStatus.CEASED: Flag.ORG_CEASED,
}


def organization_flags(row: Row, _facts: Facts) -> Iterator[str]:
    """Yield flags if the organization is unknown, no longer in business, or has another name."""
    if row["business_id"] is None:
        return
    if row["register_status"] is None:
        yield Flag.ORG_NOT_IN_REGISTER
        return
    if flag := _STATUSES.get(row["register_status"]):
        yield flag
    called = row["organization_name"]
    if called is not None and not any(same_organization_name(called, name) for name in row["register_names"]):
        yield Flag.ORG_NAME_DIFFERS
