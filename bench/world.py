"""People and organizations of the measured database by number, so that ids and tokens need no lookup."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

EPOCH = 1_700_000_000_000  # milliseconds; ids are UUIDv7, one a millisecond, as if people had joined one after another
EACH = 16  # people or organizations of each measured kind; a single one would be measured with warm caches only
DEEP_PAGE = 20  # memberships on a page of the crowd
DEEP_PAGES = 1_000


class Kind(IntEnum):
    """Kinds of objects; the number keeps their ids apart."""

    ACCOUNT = 1
    ORGANIZATION = 2
    MEMBERSHIP = 3
    SESSION = 4
    TASK = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Size of a database."""

    accounts: int = 100_000
    organizations: int = 20_000
    memberships: int = 300_000

    def times(self, factor: int) -> "Scale":
        """Return the scale multiplied by a factor."""
        return Scale(self.accounts * factor, self.organizations * factor, self.memberships * factor)


@dataclass(frozen=True, slots=True)
class Held:
    """One membership, by the numbers of its account and its organization."""

    account: int
    organization: int
    role: str = "MEMBER"


# The first accounts are measured; each block of EACH people has one number of organizations.
HOLDINGS = (1, 3, 10, 20, 100, 1_000)
PEOPLE = {holding: range(block * EACH, (block + 1) * EACH) for block, holding in enumerate(HOLDINGS)}
ADMINISTRATORS = range(len(HOLDINGS) * EACH, (len(HOLDINGS) + 1) * EACH)
PLAIN_MEMBER = ADMINISTRATORS.stop  # in the first list, without permission to read it
STRANGER = PLAIN_MEMBER + 1  # without organizations
CROWD_ADMINISTRATOR = STRANGER + 1
RESTRICTED = CROWD_ADMINISTRATOR + 1  # administers the second list, and has an open task
ORDINARY = RESTRICTED + 1  # the first account that is not measured

LISTS = range(EACH)  # organizations of exactly LIST members
LIST = 100
CROWD = LISTS.stop  # the organization with more members than DEEP_PAGES pages hold
FIRST_PLAIN_ORGANIZATION = CROWD + 1


def identity(kind: Kind, number: int) -> UUID:
    """Return the UUIDv7 of the object with that number."""
    noise = int.from_bytes(hashlib.blake2b(b"%d %d" % (kind, number), digest_size=9).digest())
    stamped = (EPOCH + number) << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64
    return UUID(int=stamped | 0b10 << 62 | noise & (1 << 62) - 1)


def global_id(kind: Kind, number: int) -> str:
    """Return the global id of an account, organization or membership in the API's format."""
    return base64.urlsafe_b64encode(bytes([kind]) + identity(kind, number).bytes + b"\0").decode()


def cursor(membership: int) -> str:
    """Return the cursor of a membership in the API's format."""
    return base64.urlsafe_b64encode(identity(Kind.MEMBERSHIP, membership).bytes).rstrip(b"=").decode()


def token(account: int) -> str:
    """Return the access token of an account's session; valid in measured databases only."""
    digest = hashlib.sha256(b"measured session %d" % account).digest()
    return "acc_" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def email(account: int) -> str:
    """Return an account's e-mail address."""
    return f"person-{account}@bench.example"


def memberships(scale: Scale) -> Iterator[Held]:
    """Yield every membership by number; those of one organization are adjacent."""
    yield from _lists(scale)
    yield from _crowd()
    yield from _holdings()
    made = sum(1 for _ in (*_lists(scale), *_crowd(), *_holdings()))
    yield from _plain(scale, scale.memberships - made)


def first_of_crowd() -> int:
    """Return the number of the crowd's first membership."""
    return len(LISTS) * LIST


def _lists(scale: Scale) -> Iterator[Held]:
    for place, organization in enumerate(LISTS):
        yield Held(ADMINISTRATORS[place], organization, "ADMINISTRATOR")
        others = LIST - 1
        if place < 2:
            yield Held(PLAIN_MEMBER, organization) if place == 0 else Held(RESTRICTED, organization, "ADMINISTRATOR")
            others -= 1
        yield from _strewn(scale, organization, others)


def _crowd() -> Iterator[Held]:
    yield Held(CROWD_ADMINISTRATOR, CROWD, "ADMINISTRATOR")
    for account in range(ORDINARY, ORDINARY + DEEP_PAGE * DEEP_PAGES):
        yield Held(account, CROWD)


def _holdings() -> Iterator[Held]:
    for holding, people in PEOPLE.items():
        for person in people:
            first = FIRST_PLAIN_ORGANIZATION + person * 131
            for place in range(holding):
                yield Held(person, first + place)


def _plain(scale: Scale, left: int) -> Iterator[Held]:
    """Give every other organization an administrator and its share of members, spread over all accounts."""
    organizations = scale.organizations - FIRST_PLAIN_ORGANIZATION
    for place in range(organizations):
        organization = FIRST_PLAIN_ORGANIZATION + place
        share = left * (place + 1) // organizations - left * place // organizations
        administrator, *members = _strewn(scale, organization, share)
        yield Held(administrator.account, organization, "ADMINISTRATOR")
        yield from members


def _strewn(scale: Scale, organization: int, count: int) -> Iterator[Held]:
    ordinary = scale.accounts - ORDINARY
    stride = 104_729  # a prime that divides no number of ordinary accounts, so that no person is repeated
    for place in range(count):
        yield Held(ORDINARY + (organization * 7_919 + place * stride) % ordinary, organization)
