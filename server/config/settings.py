"""All settings with default and type; docs/settings.md describes each one.

The description of a type says what to write, and stands in the error for a wrong value. A function beside a type is a
further rule and raises ValueError. `server/config/env.py` reads and checks the settings.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from auth.rate_limits import RateLimits
from schema.engine.limits import Limits
from server.config.setting_rules import (
    check_address,
    check_database,
    check_host,
    check_networks,
    check_origins,
    check_rate_limits,
    check_store,
    sender_of,
)

Switch = Annotated[bool, Meta(description="1 or 0")]
Count = Annotated[int, Meta(ge=1, le=1_000_000, description="a whole number, 1 to 1000000")]
Days = Annotated[int, Meta(ge=1, le=366, description="days, 1 to 366")]
Seconds = Annotated[float, Meta(ge=0.01, le=3600, description="seconds, 0.01 to 3600")]
Bytes = Annotated[int, Meta(ge=1024, le=100_000_000, description="bytes, 1024 to 100000000")]
Port = Annotated[int, Meta(ge=0, le=65535, description="a port, 0 to 65535")]
Host = Annotated[str, Meta(description="an address or a name without a port: 127.0.0.1"), check_host]
Folder = Annotated[Path, Meta(description="a folder")]
File = Annotated[Path, Meta(description="a file")]
RoleName = Annotated[str, Meta(min_length=1, max_length=63, description="the name of a database role")]
DatabaseAddress = Annotated[str, Meta(description="postgresql://USER:PASSWORD@HOST:PORT/DATABASE"), check_database]
Environment = Annotated[
    Literal["development", "staging", "production"], Meta(description="development, staging or production")
]
Pooler = Annotated[Literal["detect", "transaction", "none"], Meta(description="detect, transaction or none")]
LogFormat = Annotated[Literal["json", "console"], Meta(description="json or console")]
Origins = Annotated[
    frozenset[Annotated[str, Meta(pattern=r"^https?://[a-z0-9.-]+(:\d+)?\Z")]],
    Meta(description='a JSON list of origins without a path: ["https://www.example.fi"]'),
    check_origins,
]
Networks = Annotated[
    tuple[str, ...],
    Meta(description='a JSON list of addresses or networks: ["10.0.0.0/8"]'),
    check_networks,
]
FrontEnd = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^/?#\s@]+(/[^?#\s]*[^/?#\s])?\Z",
        description="an address without a slash at its end: https://omaposti.example",
    ),
    check_address,
]
MailServer = Annotated[
    str,
    Meta(
        pattern=r"^smtp(s|\+starttls)?://([^@/\s]+@)?[^@/?#\s]+\Z",
        description="smtp://, smtps:// or smtp+starttls://, then USER:PASSWORD@HOST:PORT",
    ),
    check_address,
]
RateLimitStore = Annotated[
    str,
    Meta(
        pattern=r"^(redis|valkey)s?://\S+\Z",
        description="redis://:PASSWORD@HOST:PORT/0, or the same with rediss, valkey or valkeys",
    ),
    check_store,
]
Sender = Annotated[str, Meta(description="one mailbox: OmaPosti <no-reply@posti.example>"), sender_of]
RateLimitSettings = Annotated[
    RateLimits,
    Meta(description='a JSON object of rate limits: {"mail_to": "3 per hour", "operation": "60 per 15 minutes"}'),
    check_rate_limits,
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
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
NOBODY_YET = "OmaPosti <no-reply@omaposti.example>"


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Limits on WebSockets: operations per socket, sockets per account and per address."""

    message: Bytes = 64 * 1024
    operations: Count = 20  # subscriptions and other running operations on one socket
    per_account: Count = 10  # sockets
    per_address: Count = 200  # unauthenticated sockets per client address
    init_within: Seconds = 5.0
    slow_reader: Seconds = 5.0  # for a client that does not read


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings that may differ between deployments."""

    environment: Environment = "production"
    host: Host = "127.0.0.1"
    port: Port = 8000
    data_dir: Folder = Path(".data")
    database_url: DatabaseAddress | None = field(default=None, repr=False)
    database_pooler: Pooler = "detect"
    application_role: RoleName | None = None
    pool_size: Count = 10
    pool_wait: Seconds = 1.0
    demo: Switch = False
    graphiql: Switch | None = None
    introspection: Switch = True
    compile_documents: Switch = True
    allowed_origins: Origins = frozenset()
    trusted_documents: File | None = None
    trusted_documents_only: Switch = False
    limits: Limits = field(default_factory=Limits)
    body_limit: Bytes = 128 * 1024
    rate_limits: RateLimitSettings = field(default_factory=RateLimits)
    rate_limit_url: RateLimitStore | None = field(default=None, repr=False)
    trusted_proxies: Networks = ()
    socket_limits: SocketLimits = field(default_factory=SocketLimits)
    slow_caller_timeout: Seconds = 12.0
    operation_timeout: Seconds = 5.0
    public_url: FrontEnd | None = None
    smtp_url: MailServer | None = field(default=None, repr=False)
    mail_from: Sender = NOBODY_YET
    mail_per_domain: Count = 300
    administrator_risk_days: Days = 14
    contact: Contact | None = None
    geoip_database: File | None = None
    log_format: LogFormat = "json"

    @property
    def shows_graphiql(self) -> bool:
        """Return the setting; by default GraphiQL is served everywhere but in production."""
        return self.environment != "production" if self.graphiql is None else self.graphiql

    @property
    def address(self) -> str:
        """Return this server's address: localhost where possible, because for a browser 127.0.0.1 is another site."""
        host = "localhost" if self.host in LOOPBACK else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def front_end(self) -> str:
        """Return the base address of links in messages: from the settings, because a request's Host header can be
        forged.
        """
        return self.public_url or self.address

    @property
    def at_risk_for(self) -> timedelta:
        """Return the time from the bounce until an organization at risk becomes vacant."""
        return timedelta(days=self.administrator_risk_days)

    @property
    def mailbox_folder(self) -> Path:
        """Return the folder for messages when no mail server is set."""
        return self.data_dir / "mailbox"

    @property
    def shows_dev_mailbox(self) -> bool:
        """Return whether messages stay in the folder and /dev/mailbox shows them; its readers can open any account."""
        return self.environment == "development" and self.smtp_url is None
