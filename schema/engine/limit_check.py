"""Limits on a document, applied before validation, because a hostile document makes validation itself slow.

The document is walked in the order of execution, with fragments expanded and fields of one response name merged. The
walk stops at the first exceeded limit. Sixteen fragments that double at each level therefore cost a thousand steps
instead of 65,536.
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

from schema.engine.limits import Limits

UNCOUNTED = -1_000  # depth where levels do not count: in introspection, and in a fragment until it is spread


class LimitExceededError(GraphQLError):
    """A document exceeds a limit of a request; message and extensions name the limit and the value."""

    def __init__(self, limit: str, maximum: int, advice: str, value: int | None = None) -> None:
        thing = limit.lower().replace("_", " ")
        message = f"This document has more than {maximum} {thing}; {advice}."
        if value is not None:
            message = f"This document has a {thing} of {value}, and at most {maximum} is allowed; {advice}."
        extensions = {"code": "LIMIT_EXCEEDED", "limit": limit, "maximum": maximum}
        super().__init__(message, extensions=extensions if value is None else {**extensions, "value": value})


def check_limits(document: DocumentNode, limits: Limits, secret_mutations: frozenset[str] = frozenset()) -> None:
    """Raise LimitExceededError if a definition exceeds a limit; `proofs` are the mutations that try a secret."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    walk = _Walk(fragments, limits, secret_mutations)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            walk.count_directives(len(definition.directives or ()))
            walk.follow(definition)


@dataclass(slots=True)
class _Walk:
    fragments: dict[str, FragmentDefinitionNode]
    limits: Limits
    secret_mutations: frozenset[str]
    selections: int = 0
    aliases: int = 0
    directives: int = 0
    places: list[tuple[int, list[SelectionSetNode]]] = field(default_factory=list)

    def follow(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> None:
        """Visit the selections of a definition, object by object; selection sets of one object are merged."""
        operation = definition.operation if isinstance(definition, OperationDefinitionNode) else None
        at_root = list(self._fields([definition.selection_set]))
        if operation is OperationType.MUTATION:
            self._check_mutations(at_root)
        self._merge(at_root, UNCOUNTED if operation is None else 1)
        while self.places:
            depth, sets = self.places.pop()
            self._merge(list(self._fields(sets)), depth)

    def count_directives(self, more: int) -> None:
        """Count directives; validation compares repeated ones with each other."""
        self.directives += more
        if self.directives > self.limits.directives:
            raise LimitExceededError("DIRECTIVES", self.limits.directives, "leave some of them out")

    def _check_mutations(self, fields: list[FieldNode]) -> None:
        if len(fields) > self.limits.root_mutations:
            advice = "send the mutations in several requests"
            raise LimitExceededError("ROOT_MUTATION_FIELDS", self.limits.root_mutations, advice)
        if sum(node.name.value in self.secret_mutations for node in fields) > self.limits.secret_attempts:
            advice = "try one secret in a request"
            raise LimitExceededError("MUTATIONS_THAT_TRY_A_SECRET", self.limits.secret_attempts, advice)

    def _merge(self, fields: list[FieldNode], depth: int) -> None:
        if fields and depth > self.limits.depth:
            raise LimitExceededError("LEVELS_OF_FIELDS", self.limits.depth, "ask for what lies deeper by its id")
        by_name: defaultdict[str, list[FieldNode]] = defaultdict(list)
        for node in fields:
            by_name[(node.alias or node.name).value].append(node)
            self.aliases += node.alias is not None
        if self.aliases > self.limits.aliases:
            raise LimitExceededError("ALIASES", self.limits.aliases, "send the aliased fields in several requests")
        for same in by_name.values():
            if len(same) > self.limits.repeats:
                raise LimitExceededError("REPEATS_OF_ONE_FIELD", self.limits.repeats, "select each field once")
            if sets := [node.selection_set for node in same if node.selection_set]:
                below = UNCOUNTED if same[0].name.value.startswith("__") else depth + 1
                self.places.append((below, sets))

    def _fields(self, place: list[SelectionSetNode]) -> Iterator[FieldNode]:
        """Yield the fields of an object, including those of its fragments, each fragment once."""
        seen: set[str] = set()
        waiting = list(place)
        while waiting:
            for selection in waiting.pop().selections:
                self._count(len(selection.directives or ()))
                if isinstance(selection, FieldNode):
                    yield selection
                elif isinstance(selection, InlineFragmentNode):
                    waiting.append(selection.selection_set)
                elif (name := cast(FragmentSpreadNode, selection).name.value) not in seen and name in self.fragments:
                    seen.add(name)
                    waiting.append(self.fragments[name].selection_set)

    def _count(self, directives: int) -> None:
        self.selections += 1
        if self.selections > self.limits.selections:
            raise LimitExceededError("SELECTIONS", self.limits.selections, "ask for less, or in several requests")
        self.count_directives(directives)
