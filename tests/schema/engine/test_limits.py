"""Every document within the size limit of a body is checked in a moment."""

import pytest
from graphql import build_schema, get_introspection_query, parse

from schema.build import SCHEMA as OURS
from schema.engine.documents import KEPT, KEPT_CHARACTERS, Documents, secret_mutations
from schema.engine.limit_check import LimitExceededError, check_limits
from schema.engine.limits import Limits

SCHEMA = build_schema("""
type Query { me(text: String): Person }
type Person { id: ID name: String me: Person }
type Mutation { a: Int b: Int }
""")


def doubling(levels: int, first: str, second: str) -> str:
    """Return fragments that each spread the next one twice."""
    fragments = [
        f"fragment f{n} on Person {{ {first}me {{ ...f{n + 1} }} {second}me {{ ...f{n + 1} }} }}" for n in range(levels)
    ]
    return f"{{ me {{ ...f0 }} }} {' '.join(fragments)} fragment f{levels} on Person {{ id }}"


EXCESSIVE = {
    "doubling under aliases": (doubling(16, "a: ", "b: "), "ALIASES"),
    "doubling": (doubling(30, "", ""), "LEVELS_OF_FIELDS"),
    "repeats": ("{" + "me { id } " * 249 + "}", "REPEATS_OF_ONE_FIELD"),
    "repeats below": ("{ me {" + "id " * 900 + "} }", "REPEATS_OF_ONE_FIELD"),
    "repeats through fragments": (
        "{" + " ".join(f"...f{n}" for n in range(60)) + "}"
        + " ".join(f"fragment f{n} on Query {{ me {{ id }} }}" for n in range(60)),
        "REPEATS_OF_ONE_FIELD",
    ),
    "repeats in a fragment that is not used": (
        "{ me { id } } fragment f on Query {" + "me { id } " * 200 + "}", "REPEATS_OF_ONE_FIELD"
    ),
    "repeats through inline fragments": ("{" + "... { me { id } } " * 100 + "}", "REPEATS_OF_ONE_FIELD"),
    "aliases": ("{" + " ".join(f"a{n}: me {{ id }}" for n in range(16)) + "}", "ALIASES"),
    "aliases through a fragment": (
        "{" + " ".join(f"me {{ ...f{n} }}" for n in range(8)) + "}"
        + " ".join(f"fragment f{n} on Person {{ a{n}: id b{n}: id }}" for n in range(8)),
        "ALIASES",
    ),
    "mutations": ("mutation { a b a b a }", "ROOT_MUTATION_FIELDS"),
    "mutations under aliases": ("mutation {" + " ".join(f"x{n}: a" for n in range(5)) + "}", "ROOT_MUTATION_FIELDS"),
    "mutations through a fragment": (
        "mutation { ...f } fragment f on Mutation { a b ... { x: a y: b z: b } }", "ROOT_MUTATION_FIELDS"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "limit"), EXCESSIVE.values(), ids=EXCESSIVE)
def test_an_excessive_document_is_refused_at_once(text: str, limit: str) -> None:
    (error,) = Documents(SCHEMA).get(text).errors
    assert error.extensions is not None
    assert (error.extensions["code"], error.extensions["limit"]) == ("LIMIT_EXCEEDED", limit)
    assert f"more than {error.extensions['maximum']} " in error.message


@pytest.mark.parametrize("text", ["{" * 500, "{ me" * 400, "{" + "a " * 5000 + "}", "#\n" * 30_000 + "{ me { id } }"])
def test_a_document_of_too_many_parts_is_refused_while_it_is_read(text: str) -> None:
    (error,) = Documents(SCHEMA).get(text).errors
    assert error.extensions == {"code": "GRAPHQL_PARSE_FAILED"}


@pytest.mark.parametrize(
    "text",
    [
        "{ me { ...f } } fragment f on Person { ...f }",
        "{ me { ...f } } fragment f on Person { me { ...g } } fragment g on Person { me { ...f } }",
        "{ me { ...f } } " + "fragment f on Person { a: me { ...f } b: me { ...f } }",
    ],
)
def test_b42_fragment_within_itself_is_reported_as_a_cycle(text: str) -> None:
    messages = [error.message for error in Documents(SCHEMA).get(text).errors]
    assert messages[0].startswith("Cannot spread fragment 'f' within itself")
    assert not any("more than" in message for message in messages)


def aliased(count: int) -> str:
    """Return a fragment with that many aliases."""
    return "fragment f on Person { " + " ".join(f"a{n}: id" for n in range(count)) + " }"


@pytest.mark.parametrize("places", ["{ me { " + "...f " * 50 + "} }", "{ " + "me { ...f " * 9 + "} " * 9 + "}"])
def test_b42_a_fragment_counts_as_often_as_it_is_executed(places: str) -> None:
    (error,) = Documents(SCHEMA).get(f"{places} {aliased(14)}").errors
    assert error.extensions == {"code": "LIMIT_EXCEEDED", "limit": "ALIASES", "maximum": 15}


def test_b42_aliases_are_multiplied_by_the_places_of_their_fragment() -> None:
    in_one_place, in_nine = "{ me { " + "...f " * 50 + "} }", "{ " + "me { ...f " * 9 + "} " * 9 + "}"
    assert Documents(SCHEMA).get(f"{in_one_place} {aliased(2)}").errors == (), "merged, it is executed once"
    (error,) = Documents(SCHEMA).get(f"{in_nine} {aliased(2)}").errors
    assert error.extensions == {"code": "LIMIT_EXCEEDED", "limit": "ALIASES", "maximum": 15}


@pytest.mark.parametrize(
    "text",
    [
        get_introspection_query(input_value_deprecation=True, schema_description=True),
        "{" + "me { id } " * 20 + "}",
        "{" + " ".join(f"a{n}: me {{ id name }}" for n in range(15)) + "}",
        "mutation { a b x: a y: b }",
        "{ ...a ...a ...a } fragment a on Query { me { id } }",
    ],
)
def test_documents_of_ordinary_clients_are_accepted(text: str) -> None:
    assert Documents(SCHEMA).get(text).errors == ()


def test_valid_short_document_is_kept_and_others_are_not() -> None:
    documents = Documents(SCHEMA)
    assert documents.get("{ me { id } }") is documents.get("{ me { id } }")
    for text in ("{ unknown }", "{ me { id } }" + " " * 17_000):
        assert documents.get(text) is not documents.get(text)


def test_the_documents_kept_are_bounded_in_number_and_size() -> None:
    documents = Documents(SCHEMA)
    first, long = documents.get("{ me { id } }"), 15_000
    for n in range(KEPT - 1):
        documents.get("{ me { id } }" + " " * (n + 1))
    assert documents.get("{ me { id } }") is first
    for n in range(KEPT_CHARACTERS // long + 1):
        documents.get("{ me { id } }" + " " * (long + n))
    assert documents.get("{ me { id } }") is not first


NESTED = "me { " * 10 + "id" + " }" * 10


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (f"{{ {NESTED} }}", "LEVELS_OF_FIELDS"),
        ("{ ...a } fragment a on Query { me { ...b } } fragment b on Person { " + "me { " * 9 + "id" + " }" * 9 + " }",
         "LEVELS_OF_FIELDS"),
        ("{ me { id " + "@include(if: true) " * 21 + "} }", "DIRECTIVES"),
        ("query " + "@a " * 21 + "{ me { id } }", "DIRECTIVES"),
        ("{ " + " ".join("... @skip(if: false) { me { id } }" for _ in range(15)) + "me { id @skip(if: false) } "
         + " ".join("... @skip(if: false) { me { id } }" for _ in range(6)) + "}", "DIRECTIVES"),
    ],
)  # fmt: skip
def test_depth_and_directives_are_bounded_with_fragments_in_their_places(text: str, limit: str) -> None:
    (error,) = Documents(SCHEMA).get(text).errors
    assert error.extensions is not None
    assert error.extensions["limit"] == limit


def test_ten_levels_are_accepted_and_the_limits_are_settings() -> None:
    text = "{ " + "me { " * 9 + "id" + " }" * 9 + " }"
    assert Documents(SCHEMA).get(text).errors == ()
    (error,) = Documents(SCHEMA, limits=Limits(depth=9)).get(text).errors
    assert error.extensions == {"code": "LIMIT_EXCEEDED", "limit": "LEVELS_OF_FIELDS", "maximum": 9}


def test_a_request_tries_one_secret() -> None:
    document = parse("mutation { a: signIn b: other c: signIn }")
    with pytest.raises(LimitExceededError, match="more than 1 mutations that try a secret; try one"):
        check_limits(document, Limits(), frozenset({"signIn"}))
    check_limits(parse("mutation { a: signIn b: other c: other }"), Limits(), frozenset({"signIn"}))
    assert {"signIn", "passwordReset", "reauthenticate"} <= secret_mutations(OURS)
