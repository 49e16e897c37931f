"""Rules of settings that a pattern cannot express; each raises ValueError for an unusable value."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from auth.rate_limits import RateLimits

if TYPE_CHECKING:
    from email.headerregistry import Address

_DEFAULT_PORTS = {"http": 80, "https": 443}


def sender_of(text: str) -> "Address":
    """Return the mailbox in `NAME <ADDRESS>`; raises ValueError unless it is exactly one."""
    from email.policy import SMTP  # noqa: PLC0415 - only the mail worker parses addresses

    addresses: tuple[Address, ...] = SMTP.header_factory("From", text).addresses if text.isprintable() else ()
    if len(addresses) != 1 or not addresses[0].domain or not addresses[0].addr_spec.isascii():
        raise ValueError("not one mailbox; write for example OmaPosti <no-reply@posti.example>")
    check_host(addresses[0].domain)
    return addresses[0]


def check_rate_limits(rate_limits: RateLimits) -> None:
    """Refuse a rate limit that is zero or cannot be parsed."""
    from auth.rate_limiter import parsed  # noqa: PLC0415 - needed only when rate limits are set

    parsed(rate_limits)


def check_networks(networks: Iterable[str]) -> None:
    """Refuse an invalid network, and 0.0.0.0/0 or ::/0: any client could then forge its address."""
    for network in networks:
        if ip_network(network).prefixlen == 0:
            raise ValueError(f"{network} is everybody; name the addresses of your own proxies")


def check_host(host: str) -> None:
    """Refuse a value that is neither a host name nor an IP address."""
    if ":" in host:
        ip_address(host)
    elif not host or host.startswith((".", "-")) or not host.isprintable() or set(host) & set(" /?#@[]"):
        raise ValueError("not a host's name")
    host.encode("idna")  # refuses empty and overlong labels


def check_address(address: str) -> None:
    """Refuse an address without a host or with an invalid port."""
    parts = urlsplit(address)
    check_host(parts.hostname or "")
    if parts.port == 0:
        raise ValueError("port 0 is none")


def check_origins(origins: Iterable[str]) -> None:
    """Refuse an origin that browsers never send, such as one with the scheme's default port."""
    for origin in origins:
        check_address(origin)
        parts = urlsplit(origin)
        if parts.port == _DEFAULT_PORTS[parts.scheme]:
            raise ValueError(f"browsers write {origin} without its port")


def check_store(address: str) -> None:
    """Refuse a store address without a host, or with a database that is not a number."""
    check_address(address)
    number = urlsplit(address).path.removeprefix("/")
    if number and not number.isdecimal():
        raise ValueError("the database of a store is a number")


def check_database(address: str) -> None:
    """Refuse an address that PostgreSQL's drivers cannot parse; several hosts or a socket's folder are allowed."""
    parts = urlsplit(address)
    if parts.scheme.partition("+")[0] not in {"postgres", "postgresql"} or not address.isprintable():
        raise ValueError("not an address of PostgreSQL")
    hosts = parts.netloc.rpartition("@")[2]
    for host in filter(None, hosts.split(",")):
        check_address(f"postgresql://{host}")
    for ports in parse_qs(parts.query).get("port", []):
        for port in ports.split(","):
            check_address(f"postgresql://host:{port}")
