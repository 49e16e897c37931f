"""A request's headers, read once per request."""

from collections.abc import Collection, Mapping


def combined(headers: Collection[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return the headers by lower-case name; repeated headers are joined, so that a check sees every value."""
    by_name = {raw_name.decode("latin-1"): raw_value.decode("latin-1") for raw_name, raw_value in headers}
    return by_name if len(by_name) == len(headers) else _joined(headers)


def _joined(headers: Collection[tuple[bytes, bytes]]) -> Mapping[str, str]:
    by_name: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in by_name:
            value = by_name[name] + ("; " if name == "cookie" else ", ") + value
        by_name[name] = value
    return by_name
