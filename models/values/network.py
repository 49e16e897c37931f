"""Networks of callers: precise enough for a person to recognise their own requests, not for finding one subscriber."""

from ipaddress import IPv6Address, ip_address, ip_network

KEPT_BITS = {4: 24, 6: 48}  # always a network of many subscribers


def network_of(address: str | None) -> str | None:
    """Return the network of an address in CIDR form, or None for text that is no address (a socket file has none)."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed.packed, KEPT_BITS[parsed.version]), strict=False))
