"""Every code that a mutation may answer stands in its declaration, in the SDL and in its description."""

import pytest
from strawberry.utils.str_converters import to_camel_case

from schema.build import SCHEMA, sdl
from schema.declare.mutation import Mutation
from schema.mutation import declarations
from tests.schema.mutations.refusal_paths import possible_codes
from usecases.refusal import RefusalCode

ALL = declarations()


@pytest.mark.parametrize("name", ALL)
def test_declared_codes_are_those_its_use_case_can_raise(name: str) -> None:
    declared = ALL[name]
    function = declared.use_case or declared.resolve
    assert function is not None
    assert possible_codes(function) | by_the_wrapper(declared) == set(declared.codes)


def by_the_wrapper(declared: Mutation) -> set[RefusalCode]:
    """Return the codes of refusals that the wrapper makes, not a use case."""
    return set(declared.codes) - set(declared.refuses)


@pytest.mark.parametrize("name", ALL)
def test_declared_codes_are_in_the_sdl_and_the_description(name: str) -> None:
    assert SCHEMA.mutation_type is not None
    description = SCHEMA.mutation_type.fields[to_camel_case(name)].description or ""
    mutations = sdl().partition("type Mutation {")[2]
    printed = mutations.partition(f"\n  {to_camel_case(name)}")[2].partition('"""')[0]
    for code in RefusalCode:
        assert (f"`{code}`" in description) >= (code in ALL[name].codes), code
        assert (code in printed.replace(",", " ").replace("[", " ").replace("]", " ").split()) == (
            code in ALL[name].codes
        ), code
