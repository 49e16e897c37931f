"""A request's headers, read once per request."""

from collections.abc import Iterable, Mapping

HEADERS = "omaposti.headers"


def combined(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return the headers by lower-case name; what stands twice is joined, so that no duplicate passes for a single."""
    by_name: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in by_name:
            value = by_name[name] + ("; " if name == "cookie" else ", ") + value
        by_name[name] = value
    return by_name
