"""Every setting, read from the environment; docs/settings.md describes each one."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.policy import SMTP
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, Field, IPvAnyNetwork
from pydantic_settings import BaseSettings, SettingsConfigDict

from auth.throttles import Allowances
from schema.limits import Limits


def sender_of(text: str) -> Address:
    """Return the one mailbox that `NAME <ADDRESS>` names; raises ValueError with what to write instead."""
    addresses: tuple[Address, ...] = SMTP.header_factory("From", text).addresses if text.isprintable() else ()
    if len(addresses) != 1 or not addresses[0].domain or not addresses[0].addr_spec.isascii():
        raise ValueError("write one mailbox, for example OmaPosti <no-reply@posti.example>")
    return addresses[0]


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """How much one WebSocket, one account and one address without an account may have open."""

    message: int = 64 * 1024  # bytes
    operations: int = 20  # subscriptions, and whatever else is under way, on one socket
    per_account: int = 10  # sockets
    per_address: int = 200  # sockets of nobody
    init_within: float = 5.0  # seconds
    slow_reader: float = 5.0  # seconds that one who does not read is waited for


def _with_sender(text: str) -> str:
    sender_of(text)
    return text


def _readable(allowances: Allowances) -> Allowances:
    try:
        allowances.parsed()
    except ValueError:
        raise ValueError("write each allowance like `10 per 15 minutes`") from None
    return allowances


class Settings(BaseSettings):
    """What may differ between one deployment and another."""

    model_config = SettingsConfigDict(env_prefix="OMAPOSTI_", populate_by_name=True)

    environment: Literal["development", "staging", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Path(".data")
    database_url: str | None = Field(default=None, validation_alias=AliasChoices("DATABASE_URL"))
    application_role: str | None = None
    pool_size: int = Field(default=10, ge=1)
    pool_wait: float = Field(default=1.0, gt=0)
    demo: bool = False
    graphiql: bool | None = None
    introspection: bool = True
    compile_documents: bool = True
    allowed_origins: frozenset[Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:\d+)?$")]] = frozenset()
    trusted_documents: Path | None = None
    trusted_documents_only: bool = False
    limits: Limits = Limits()
    body_limit: int = Field(default=128 * 1024, ge=1024)
    throttles: Annotated[Allowances, AfterValidator(_readable)] = Allowances()
    throttle_url: Annotated[str, Field(pattern=r"^(redis|valkey)s?://\S+$")] | None = Field(default=None, repr=False)
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    socket_limits: SocketLimits = SocketLimits()
    slow_caller_timeout: float = Field(default=12.0, gt=0)
    operation_timeout: float = Field(default=5.0, gt=0)
    public_url: Annotated[str, Field(pattern=r"^https?://[^/?#\s@]+(/[^?#\s]*[^/?#\s])?$")] | None = None
    smtp_url: Annotated[str, Field(pattern=r"^smtp(s|\+starttls)?://([^@/\s]+@)?[^@/?#\s]+$")] | None = Field(
        default=None, repr=False
    )
    mail_from: Annotated[str, AfterValidator(_with_sender)] = "OmaPosti <no-reply@omaposti.example>"
    mail_per_domain: int = Field(default=300, ge=1)
    log_format: Literal["json", "console"] = "json"

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
