"""The source of a compiled query grows linearly with its document."""

from collections.abc import Callable

import pytest

from schema.build import SCHEMA
from schema.engine.documents import Documents
from tests.schema.engine.compiler.comparing import UNLIMITED


def nested(text: str, innermost: str) -> Callable[[int], str]:
    """Return a function that writes a document of that many levels."""

    def document(levels: int) -> str:
        inner = innermost
        for _ in range(levels):
            inner = text.replace("INNER", inner)
        return f'{{ organization(businessId: "9200001-5") {{ {inner} }} }}'

    return document


def spread(levels: int) -> str:
    """Return a document of fragments, each spread in the previous one."""
    fragments = [
        f"fragment F{n} on Organization {{ memberships {{ nodes {{ organization {{ name ...F{n + 1} }} }} }} }}"
        for n in range(levels)
    ]
    return " ".join(
        ["{ organizations { nodes { ...F0 } } }", *fragments, f"fragment F{levels} on Organization {{ id }}"]
    )


def repeated(field: str, times: int) -> str:
    """Return a field under that many aliases."""
    return " ".join(f"a{number}: {field}" for number in range(times))


DOCUMENTS: dict[str, Callable[[int], str]] = {
    "deep": nested("memberships { nodes { organization { INNER } } }", "id"),
    "deep in two places at each level": nested(
        "memberships { nodes { account { email } organization { administrators { totalCount } INNER } } }", "id"
    ),
    "deep below edges": nested("memberships { totalCount edges { node { organization { INNER } } } }", "name"),
    "wide": lambda n: f"{{ me {{ {repeated('memberships { nodes { id role } }', n)} }} }}",
    "wide at the root": lambda n: f"{{ {repeated('services { id }', n)} }}",
    "many leaves": lambda n: f"{{ me {{ {repeated('email', n)} }} }}",
    "fragments": spread,
}


def compiled_size(text: str) -> tuple[int, int]:
    """Return the number of functions in the source of a document, and its characters."""
    document = Documents(SCHEMA, limits=UNLIMITED).get(text)
    assert not document.errors
    operation = document.compilable_operation(SCHEMA, None)
    assert operation is not None
    query = operation.variant({}).query
    assert query is not None
    return query.source.count("def "), len(query.source)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_twice_as_large_compiles_to_twice_as_much(name: str) -> None:
    (few, short), (more, longer), (most, longest) = (compiled_size(DOCUMENTS[name](n)) for n in (6, 12, 24))
    assert most - more == 2 * (more - few)
    assert longest - longer < 2.3 * (longer - short)  # numbers in names get longer
