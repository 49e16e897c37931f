"""Descriptions of enum values, kept in the schema because the enums of other packages know nothing of GraphQL."""

from collections.abc import Mapping
from typing import Any

from strawberry.types.enum import StrawberryEnumDefinition


def describe_values(descriptions: Mapping[Any, str]) -> None:
    """Describe values of Strawberry enums; call it before the schema is built."""
    for value, description in descriptions.items():
        definition: StrawberryEnumDefinition = type(value).__strawberry_definition__
        (declared,) = (declared for declared in definition.values if declared.name == value.name)
        declared.description = description
