"""Demo cast: one person of each kind, with a public password; never in production."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.passwords.hashing import HASHER
from models.account import Account, AccountStatus, EmailConfirmation, Language
from models.membership import Membership, MembershipStatus, Role, ServiceAccess, ServiceRole
from models.organization import (
    CustomerNumber,
    CustomerNumberKind,
    IdentifierScheme,
    Organization,
    OrganizationStatus,
    RegisterStatus,
)
from models.service import Service
from models.staff import StaffGrant, StaffRole
from models.task import TaskKind
from models.values.sort_key import finnish_sort_key
from usecases.account.task import open_task
from usecases.audit.action import Action
from usecases.audit.audit_record import Actor, AuditRecord, write_audit

DOMAIN = "demo.example"
PASSWORD = "demo-password-for-everyone"  # noqa: S105 - printed by `make run`; production refuses to start with it
ACTOR = Actor(name="demo")


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    """An organization of the cast, with its members and their roles."""

    name: str
    business_id: str
    members: dict[str, Role]
    customer_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the cast, by the name before the @."""

    display_name: str
    language: Language = Language.FI
    staff_roles: tuple[StaffRole, ...] = field(default=())
    tasks: tuple[TaskKind, ...] = field(default=())


PEOPLE = {
    "consumer": DemoPerson("Kaisa Kuluttaja"),
    "member": DemoPerson("Jussi Jäsen"),
    "manager": DemoPerson("Maria Mellin", Language.SV),
    "administrator": DemoPerson("Aino Pääkäyttäjä"),
    "other-administrator": DemoPerson("Oskar Ekström", Language.SV),
    "newcomer": DemoPerson("Tuomas Tulokas", tasks=(TaskKind.SET_NEW_PASSWORD,)),
    "support": DemoPerson("Tuula Tukihenkilö", staff_roles=(StaffRole.SUPPORT,)),
    "operator": DemoPerson("Onni Operaattori", staff_roles=(StaffRole.RENEWAL_OPERATOR,)),
    "auditor": DemoPerson("Tara Tarkastaja", Language.EN, (StaffRole.AUDITOR,)),
}
CROWD = {f"worker-{number:03}": DemoPerson(f"Työntekijä {number}") for number in range(1, 300)}

ORGANIZATIONS = [
    DemoOrganization(
        "Demo Oy",
        "9200001-5",
        {"member": Role.MEMBER, "manager": Role.USER_MANAGER, "administrator": Role.ADMINISTRATOR},
        ("0001234567", "0009876543"),
    ),
    DemoOrganization("Toinen Demo Oy", "9200002-3", {"other-administrator": Role.ADMINISTRATOR}, ("0002000001",)),
    DemoOrganization(
        "Suuri Demo Oy",
        "9200003-1",
        {"administrator": Role.ADMINISTRATOR, "newcomer": Role.MEMBER, **dict.fromkeys(CROWD, Role.MEMBER)},
        ("0003000001",),
    ),
]


async def load_demo_cast(db: AsyncSession, *, now: datetime) -> bool:
    """Create the demo cast and return True, or return False when it exists already."""
    # Held until the end of the transaction: two that begin at once would both see no cast and create it twice.
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext("omaposti demo cast"))))
    if await demo_cast_present(db):
        return False
    await load_cast(db, PEOPLE | CROWD, ORGANIZATIONS, now=now)
    return True


async def load_cast(
    db: AsyncSession, people: dict[str, DemoPerson], organizations: list[DemoOrganization], *, now: datetime
) -> None:
    """Create these people and organizations, with one audit entry for all."""
    accounts = await _add_people(db, people, now)
    services = list(await db.scalars(select(Service).order_by(Service.code)))
    for wanted in organizations:
        await _add_organization(db, wanted, accounts, services)
    write_audit(
        db, ACTOR, AuditRecord(Action.DEMO_LOAD, changes={"accounts": len(people), "organizations": len(organizations)})
    )


async def demo_cast_present(db: AsyncSession) -> bool:
    """Return whether a person of the demo cast is in the database."""
    return bool(await db.scalar(select(exists().where(Account.email_key.like(f"%@{DOMAIN}")))))


async def _add_people(db: AsyncSession, people: dict[str, DemoPerson], now: datetime) -> dict[str, UUID]:
    password_hash = HASHER.hash(PASSWORD)
    accounts = {}
    for name, person in people.items():
        email = f"{name}@{DOMAIN}"
        account = Account(
            status=AccountStatus.ACTIVE,
            email=email,
            email_key=email,
            display_name=person.display_name,
            language=person.language,
        )
        if name not in CROWD:
            account.set_password(password_hash, now)
        accounts[name] = account
    db.add_all(accounts.values())
    await db.flush()
    db.add_all(EmailConfirmation(account_id=a.id, email_key=str(a.email_key)) for a in accounts.values())
    for name, person in people.items():
        await _add_roles_and_tasks(db, accounts[name].id, person, now)
    return {name: account.id for name, account in accounts.items()}


async def _add_roles_and_tasks(db: AsyncSession, account_id: UUID, person: DemoPerson, now: datetime) -> None:
    db.add_all(StaffGrant(account_id=account_id, role=role, granted_by=ACTOR.name) for role in person.staff_roles)
    for kind in person.tasks:
        await open_task(db, account_id, kind, now)


async def _add_organization(
    db: AsyncSession, wanted: DemoOrganization, accounts: dict[str, UUID], services: list[Service]
) -> None:
    organization = Organization(
        status=OrganizationStatus.ACTIVE,
        register_status=RegisterStatus.REGISTERED,
        identifier_scheme=IdentifierScheme.BUSINESS_ID,
        identifier=wanted.business_id,
        name=wanted.name,
        name_sort_key=finnish_sort_key(wanted.name),
    )
    db.add(organization)
    await db.flush()
    db.add_all(
        CustomerNumber(organization_id=organization.id, kind=CustomerNumberKind.CUSTOMER, number=number)
        for number in wanted.customer_numbers
    )
    memberships = [
        Membership(
            account_id=accounts[name], organization_id=organization.id, role=role, status=MembershipStatus.ACTIVE
        )
        for name, role in wanted.members.items()
    ]
    db.add_all(memberships)
    await db.flush()
    db.add_all(_access(membership, service) for membership in memberships for service in services[:1])


def _access(membership: Membership, service: Service) -> ServiceAccess:
    administers = membership.role is Role.ADMINISTRATOR
    return ServiceAccess(
        membership_id=membership.id,
        organization_id=membership.organization_id,
        service_id=service.id,
        role=ServiceRole.SERVICE_ADMINISTRATOR if administers else ServiceRole.USER,
    )
