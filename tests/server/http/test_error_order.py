"""Errors of an answer are in the order of the document, then of lists, independent of execution order."""

from itertools import permutations
from typing import Any

from graphql import ExecutionResult, FieldNode, GraphQLError, Visitor, parse, visit

from server.http.errors import ERRORS_IN_AN_ANSWER, presented

DOCUMENT = parse("{ list { a b } ...F other: list { ...F } } fragment F on Query { c }")
PATHS: list[tuple[str, list[Any]]] = [
    ("a", ["list", 2, "a"]),
    ("a", ["list", 10, "a"]),
    ("b", ["list", 0, "b"]),
    ("c", ["c"]),
    ("c", ["other", 1, "c"]),
]


class Fields(Visitor):
    """Finds the fields of a document by name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, FieldNode] = {}

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found[node.name.value] = node


def errors_at(paths: list[tuple[str, list[Any]]]) -> list[GraphQLError]:
    """Return a refusal of each of these fields."""
    fields = Fields()
    visit(DOCUMENT, fields)
    return [
        GraphQLError("refused", fields.found[name], path=path, extensions={"code": "FORBIDDEN"}) for name, path in paths
    ]


def test_order_of_errors_is_independent_of_their_arrival() -> None:
    for came in permutations(PATHS):
        answer = presented(ExecutionResult({"list": []}, errors_at(list(came))), "id")
        assert [error["path"] for error in answer["errors"]] == [path for _, path in PATHS]


def test_first_ten_errors_in_document_order_are_sent() -> None:
    paths = [("a", ["list", number, "a"]) for number in range(25)]
    answer = presented(ExecutionResult({"list": []}, errors_at(paths[::-1])), "id")
    assert [error["path"] for error in answer["errors"]] == [path for _, path in paths[:ERRORS_IN_AN_ANSWER]]
    assert answer["extensions"] == {"errorsLeftOut": 25 - ERRORS_IN_AN_ANSWER}


def test_errors_without_a_field_keep_their_order() -> None:
    texts = ["z", "a", "m"]
    answer = presented(ExecutionResult(None, [GraphQLError(text) for text in texts]), "id")
    assert [error["message"] for error in answer["errors"]] == texts
