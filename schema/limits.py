"""Bounds on a document, applied before validation, because validation itself is what a hostile document makes slow.

The document is walked as the executor would, fragments in their places and fields of one response name merged, and the
walk stops at the first bound it reaches: sixteen fragments that double at each level cost a thousand steps, not 65,536.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

TOKENS = 1_000
SELECTIONS = 1_000  # fields and fragments, each as often as it is reached
ALIASES = 15
REPEATS = 20  # of one response name in one place: the rule that compares them costs the square of their number
ROOT_MUTATIONS = 4


class LimitExceededError(GraphQLError):
    """A document asks for more than one request may; the message and the extensions name the limit."""

    def __init__(self, limit: str, maximum: int, advice: str) -> None:
        message = f"This document has more than {maximum} {limit.lower().replace('_', ' ')}; {advice}."
        super().__init__(message, extensions={"code": "LIMIT_EXCEEDED", "limit": limit, "maximum": maximum})


def check_limits(document: DocumentNode) -> None:
    """Raise LimitExceededError when any definition of the document goes past a bound."""
    walk = _Walk({node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)})
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            mutates = isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.MUTATION
            walk.follow(definition.selection_set, ROOT_MUTATIONS if mutates else SELECTIONS)


@dataclass(slots=True)
class _Walk:
    fragments: dict[str, FragmentDefinitionNode]
    selections: int = 0
    aliases: int = 0
    places: list[list[SelectionSetNode]] = field(default_factory=list)

    def follow(self, root: SelectionSetNode, most_at_root: int) -> None:
        """Visit what a definition selects, place by place; a place is all the selection sets merged into one object."""
        at_root = list(self._fields([root]))
        if len(at_root) > most_at_root:
            raise LimitExceededError("ROOT_MUTATION_FIELDS", most_at_root, "send the mutations in several requests")
        self._merge(at_root)
        while self.places:
            self._merge(list(self._fields(self.places.pop())))

    def _merge(self, fields: list[FieldNode]) -> None:
        by_name: defaultdict[str, list[FieldNode]] = defaultdict(list)
        for node in fields:
            by_name[(node.alias or node.name).value].append(node)
            self.aliases += node.alias is not None
        if self.aliases > ALIASES:
            raise LimitExceededError("ALIASES", ALIASES, "send the aliased fields in several requests")
        for same in by_name.values():
            if len(same) > REPEATS:
                raise LimitExceededError("REPEATS_OF_ONE_FIELD", REPEATS, "select each field once")
            if sets := [node.selection_set for node in same if node.selection_set]:
                self.places.append(sets)

    def _fields(self, place: list[SelectionSetNode]) -> Iterator[FieldNode]:
        """Yield the fields of a place, those of its fragments among them, each fragment once."""
        seen: set[str] = set()
        waiting = list(place)
        while waiting:
            for selection in waiting.pop().selections:
                self.selections += 1
                if self.selections > SELECTIONS:
                    raise LimitExceededError("SELECTIONS", SELECTIONS, "ask for less, or in several requests")
                if isinstance(selection, FieldNode):
                    yield selection
                elif isinstance(selection, InlineFragmentNode):
                    waiting.append(selection.selection_set)
                elif (name := cast(FragmentSpreadNode, selection).name.value) not in seen and name in self.fragments:
                    seen.add(name)
                    waiting.append(self.fragments[name].selection_set)
