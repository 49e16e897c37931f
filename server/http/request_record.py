"""The log's record of one request and its answer."""

import re
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import OperationDefinitionNode, OperationType
from uuid_utils import uuid7

from models.db.query import Tally

CLIENT_GONE = 499  # nginx's status for a caller who disconnected before the answer

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}", re.ASCII)
_FOREIGN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


@dataclass(slots=True)
class RequestRecord:
    """Log record of one request: its operation, status and cost; holds nothing that may not be logged."""

    method: str
    path: str
    request_id: str = field(default_factory=lambda: str(uuid7()))
    started: float = field(default_factory=time.perf_counter)
    status: int = CLIENT_GONE
    signed_in: bool = False
    tally: Tally = field(default_factory=Tally)  # SQL statements of the request
    facts: dict[str, Any] = field(default_factory=dict)

    def note_operation(self, operation: OperationDefinitionNode | None) -> None:
        """Record the kind of the operation, and its name if it is a valid name."""
        if operation is not None:
            self.facts |= _facts_of(operation.operation, operation.name and operation.name.value)

    def note_foreign_id(self, request_id: str | None) -> None:
        """Record the id that a proxy or client gave the request, if harmless; only ours identifies the request."""
        if request_id and _FOREIGN_ID.fullmatch(request_id):
            self.facts["foreign_request_id"] = request_id

    def note_codes(self, errors: list[dict[str, Any]]) -> set[str]:
        """Record the error codes of the answer, and return them."""
        codes = {str(error["extensions"]["code"]) for error in errors}
        self.facts["codes"] = sorted(codes)
        return codes

    def line(self) -> dict[str, Any]:
        """Return the fields of the log line; the duration is in milliseconds."""
        return {
            "request_id": self.request_id,
            "method": self.method,
            "path": self.path[:100],
            "status": self.status,
            "duration_ms": round((time.perf_counter() - self.started) * 1000, 2),
            "statements": self.tally.statements,
            "signed_in": self.signed_in,
            **self.facts,
        }


@lru_cache(maxsize=1000)
def _facts_of(kind: OperationType, name: str | None) -> dict[str, str]:
    told = {"operation": name} if name and _NAME.fullmatch(name) else {}
    return {"operation_type": kind.value, **told}
