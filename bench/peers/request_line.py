"""Log line of a request, with the fields of our own server, for peers in Python."""

import time
from dataclasses import dataclass, field

import structlog
from starlette.types import Scope
from uuid_utils import uuid7

log = structlog.get_logger()

KEPT_SAFE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
]


@dataclass(slots=True)
class RequestLine:
    """Record of one request: its result and cost."""

    request_id: str = field(default_factory=lambda: str(uuid7()))
    started: float = field(default_factory=time.perf_counter)
    statements: int = 0
    status: int = 499
    signed_in: bool = False
    operation: str | None = None

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that our own responses have."""
        return [*KEPT_SAFE, (b"x-request-id", self.request_id.encode())]

    def write(self, scope: Scope) -> None:
        """Write the line; the duration is in milliseconds."""
        log.info(
            "request",
            request_id=self.request_id,
            method=scope["method"],
            path=scope["path"],
            status=self.status,
            duration_ms=round((time.perf_counter() - self.started) * 1000, 2),
            statements=self.statements,
            signed_in=self.signed_in,
            operation_type="query",
            operation=self.operation,
        )
