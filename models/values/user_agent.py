"""Browser and app names from the user-agent header, shortened, and readable for a person who looks for their device."""

import re

from ua_parser import parse_os, parse_user_agent

LONGEST = 256  # characters; parsing takes milliseconds for a hostile header of twice that length

_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,39}(?=/[0-9]|$)", re.ASCII)


def shortened(user_agent: str | None) -> str | None:
    """Return the header for storage: printable characters only, None for an empty one."""
    return "".join(character for character in (user_agent or "")[:LONGEST] if character.isprintable()).strip() or None


def device_name(user_agent: str | None) -> str | None:
    """Return a name such as `Firefox, Windows`, or None if the header tells nothing that a person would recognise."""
    if user_agent is None:
        return None
    program, system = parse_user_agent(user_agent), parse_os(user_agent)
    product = _PRODUCT.match(user_agent)
    name = program.family if program else product.group() if product else None
    return ", ".join(filter(None, [name, system.family if system else None])) or None
