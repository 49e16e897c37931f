"""Every number or id out of range or oddly spelt gets an answer, never an INTERNAL error."""

from typing import Any
from uuid import uuid4

from tests.cast import Cast
from tests.schema.declare.arguments import asked

UUID_TEXT = str(uuid4())
ODD: list[Any] = [
    -1,
    0,
    2**31 - 1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    "1e3",
    " 1",
    "１",
    UUID_TEXT.upper(),
    f"{{{UUID_TEXT}}}",
    f"urn:uuid:{UUID_TEXT}",
]
NUMBERS_AND_IDS = {"Int", "ID"}
REFUSALS = {"BAD_USER_INPUT", "FORBIDDEN", "UNAUTHENTICATED", "LIMIT_EXCEEDED"}


async def test_b68_no_number_and_no_id_is_a_fault_of_ours(cast: Cast) -> None:
    places = list(asked(0, NUMBERS_AND_IDS))
    assert len(places) > 20
    for value in ODD:
        for document, given in asked(value, NUMBERS_AND_IDS):
            for who in ("member", "support"):
                answer = await cast.ask(who, document, {"v": given})
                codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
                assert codes <= REFUSALS, (document, given, answer)
