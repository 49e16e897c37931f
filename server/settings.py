"""Every setting with its default and what it may be; docs/settings.md describes each one.

A type says in its description what to write, for whoever wrote something else; a function beside it, which raises
ValueError, is a further rule. `server/environment.py` reads and checks them.
"""

from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from auth.allowances import Allowances
from schema.limits import Limits

if TYPE_CHECKING:
    from email.headerregistry import Address


def sender_of(text: str) -> "Address":
    """Return the one mailbox that `NAME <ADDRESS>` names; raises ValueError when it names none or several."""
    from email.policy import SMTP  # noqa: PLC0415 - only who sends letters parses addresses of letters

    addresses: tuple[Address, ...] = SMTP.header_factory("From", text).addresses if text.isprintable() else ()
    if len(addresses) != 1 or not addresses[0].domain or not addresses[0].addr_spec.isascii():
        raise ValueError("not one mailbox; write for example OmaPosti <no-reply@posti.example>")
    return addresses[0]


def _check_allowances(allowances: Allowances) -> None:
    from auth.throttles import parsed  # noqa: PLC0415 - only who sets allowances needs what reads them

    parsed(allowances)


def _check_networks(networks: tuple[str, ...]) -> None:
    for network in networks:
        ip_network(network)


Switch = Annotated[bool, Meta(description="1 or 0")]
Count = Annotated[int, Meta(ge=1, description="a whole number, 1 or more")]
Seconds = Annotated[float, Meta(gt=0, description="seconds, more than 0")]
Port = Annotated[int, Meta(ge=0, le=65535, description="a port, 0 to 65535")]
Environment = Annotated[
    Literal["development", "staging", "production"], Meta(description="development, staging or production")
]
LogFormat = Annotated[Literal["json", "console"], Meta(description="json or console")]
Origin = Annotated[
    str,
    Meta(
        pattern=r"^https?://[a-z0-9.-]+(:\d+)?\Z",
        description='a JSON list of origins without a path: ["https://www.example.fi"]',
    ),
]
Networks = Annotated[
    tuple[str, ...],
    Meta(description='a JSON list of addresses or networks: ["10.0.0.0/8"]'),
    _check_networks,
]
FrontEnd = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^/?#\s@]+(/[^?#\s]*[^/?#\s])?\Z",
        description="an address without a slash at its end: https://omaposti.example",
    ),
]
MailServer = Annotated[
    str,
    Meta(
        pattern=r"^smtp(s|\+starttls)?://([^@/\s]+@)?[^@/?#\s]+\Z",
        description="smtp://, smtps:// or smtp+starttls://, then USER:PASSWORD@HOST:PORT",
    ),
]
ThrottleStore = Annotated[
    str,
    Meta(
        pattern=r"^(redis|valkey)s?://\S+\Z",
        description="redis://:PASSWORD@HOST:PORT/0, or the same with rediss, valkey or valkeys",
    ),
]
Sender = Annotated[str, Meta(description="one mailbox: OmaPosti <no-reply@posti.example>"), sender_of]
Throttles = Annotated[
    Allowances,
    Meta(description='a JSON object of allowances: {"mail_to": "3 per hour", "operation": "60 per 15 minutes"}'),
    _check_allowances,
]
Contact = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\Z",
        description="one line of at most 200 characters: https://www.posti.example/help or 0800 123 456",
    ),
]
NOBODY_YET = "OmaPosti <no-reply@omaposti.example>"


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """How much one WebSocket, one account and one address without an account may have open."""

    message: int = 64 * 1024  # bytes
    operations: int = 20  # subscriptions, and whatever else is under way, on one socket
    per_account: int = 10  # sockets
    per_address: int = 200  # sockets of nobody
    init_within: float = 5.0  # seconds
    slow_reader: float = 5.0  # seconds that one who does not read is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What may differ between one deployment and another."""

    environment: Environment = "production"
    host: str = "127.0.0.1"
    port: Port = 8000
    data_dir: Path = Path(".data")
    database_url: str | None = field(default=None, repr=False)
    application_role: str | None = None
    pool_size: Count = 10
    pool_wait: Seconds = 1.0
    demo: Switch = False
    graphiql: Switch | None = None
    introspection: Switch = True
    compile_documents: Switch = True
    allowed_origins: frozenset[Origin] = frozenset()
    trusted_documents: Path | None = None
    trusted_documents_only: Switch = False
    limits: Limits = field(default_factory=Limits)
    body_limit: Annotated[int, Meta(ge=1024, description="bytes, 1024 or more")] = 128 * 1024
    throttles: Throttles = field(default_factory=Allowances)
    throttle_url: ThrottleStore | None = field(default=None, repr=False)
    trusted_proxies: Networks = ()
    socket_limits: SocketLimits = field(default_factory=SocketLimits)
    slow_caller_timeout: Seconds = 12.0
    operation_timeout: Seconds = 5.0
    public_url: FrontEnd | None = None
    smtp_url: MailServer | None = field(default=None, repr=False)
    mail_from: Sender = NOBODY_YET
    mail_per_domain: Count = 300
    contact: Contact | None = None
    geoip_database: Path | None = None
    log_format: LogFormat = "json"

    @property
    def shows_graphiql(self) -> bool:
        """Return whether GraphiQL is served: as set, else everywhere but in production."""
        return self.environment != "production" if self.graphiql is None else self.graphiql

    @property
    def front_end(self) -> str:
        """Return the address that links in letters begin with, from the settings alone and never from a request."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def shows_mailbox(self) -> bool:
        """Return whether letters stay here, at /dev/mailbox, whose readers can open anybody's account."""
        return self.environment == "development" and self.smtp_url is None
