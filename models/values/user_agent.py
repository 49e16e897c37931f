"""What a browser or app says of itself, shortened, and read as a name that a person knows her device by."""

import re

from ua_parser import parse_os, parse_user_agent

LONGEST = 256  # characters; the rules that read it take milliseconds for a hostile one of twice that length

_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,39}(?=/[0-9]|$)", re.ASCII)


def shortened(user_agent: str | None) -> str | None:
    """Return the header as it is kept: printable characters only, none for an empty one."""
    return "".join(character for character in (user_agent or "")[:LONGEST] if character.isprintable()).strip() or None


def device_name(user_agent: str | None) -> str | None:
    """Return a name such as `Firefox, Windows`, or None when the header says nothing that a person would know."""
    if user_agent is None:
        return None
    program, system = parse_user_agent(user_agent), parse_os(user_agent)
    product = _PRODUCT.match(user_agent)
    name = program.family if program else product.group() if product else None
    return ", ".join(filter(None, [name, system.family if system else None])) or None
