"""Documents: parses, limits and validates the text of a request, once per text."""

import re
from collections import OrderedDict
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.validation import NoFragmentCyclesRule

from schema.engine.compiler import CompilableOperation, ExecutionLimits
from schema.engine.limit_check import LimitExceededError, check_limits
from schema.engine.limits import Limits

KEPT = 500  # documents
KEPT_CHARACTERS = 256 * 1024  # of all kept documents; a parsed document takes some 200 times its text
LONGEST_KEPT = 16 * 1024  # characters
ERRORS = 10
HIDDEN_FAULT = "This document does not fit the schema; compare it with the schema that you were given."

_MAY_HOLD_NUL = re.compile(r"\\u|\0")


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to execute, or the errors of its text."""

    node: DocumentNode = field(default_factory=lambda: DocumentNode(definitions=()))
    errors: tuple[GraphQLError, ...] = ()
    bounds: ExecutionLimits = field(default_factory=lambda: ExecutionLimits(Limits().cost, compiles=True))
    compilable: dict[str | None, CompilableOperation] = field(default_factory=dict)
    operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict)
    hides_suggestions: bool = False

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Return the operation of that name, or the only one; None if the choice is ambiguous."""
        operation = self.operations.get(name) or get_operation_ast(self.node, name)
        if operation is not None:
            self.operations[name] = operation
        return operation

    def compilable_operation(self, schema: GraphQLSchema, name: str | None) -> CompilableOperation | None:
        """Return the operation of that name for the compiler; None if the choice is ambiguous."""
        if name not in self.compilable:
            operation = self.operation(name)
            if operation is None:
                return None
            self.compilable[name] = CompilableOperation(schema, self.node, operation)
        return self.compilable[name]


class Documents:
    """Cache of the valid documents used last; invalid ones are not kept, because real clients do not repeat them."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        introspection: bool = True,
        compiles: bool = True,
        limits: Limits | None = None,
    ) -> None:
        self._schema = schema
        self._limits = limits or Limits()
        self._bounds = ExecutionLimits(self._limits.cost, compiles)
        self._secret_mutations = secret_mutations(schema)
        self._rules = [*specified_rules, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
        self._is_hidden = not introspection
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0

    def get(self, text: str) -> Document:
        """Return the document of a text; parse it if it is not kept."""
        document = self.known(text)
        if document is None:
            document = self._prepare(text)
            if not document.errors and len(text) <= LONGEST_KEPT:
                self._keep(text, document)
        return document

    def known(self, text: str) -> Document | None:
        """Return the document of a text if it is kept."""
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
        return document

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._characters += len(text)
        while len(self._kept) > KEPT or self._characters > KEPT_CHARACTERS:
            forgotten, _ = self._kept.popitem(last=False)
            self._characters -= len(forgotten)

    def _prepare(self, text: str) -> Document:
        try:
            node = parse(text, max_lexical_tokens=self._limits.tokens, max_comments=self._limits.tokens)
            check_limits(node, self._limits, self._secret_mutations)
            if _MAY_HOLD_NUL.search(text):
                visit(node, _NulRefusal())
        except LimitExceededError as error:
            # A fragment that spreads itself exceeds every limit; the validation rule about cycles explains it better.
            return Document(node, self._coded(validate(self._schema, node, [NoFragmentCyclesRule])) or (error,))
        except GraphQLSyntaxError as error:
            error.extensions = {"code": "GRAPHQL_PARSE_FAILED"}
            return Document(errors=(error,))
        except GraphQLError as error:
            return Document(errors=(error,))
        return Document(node, self._coded(self._validated(node)), self._bounds, hides_suggestions=self._is_hidden)

    def _validated(self, node: DocumentNode) -> list[GraphQLError]:
        errors = validate(self._schema, node, self._rules, ERRORS - 1, self._is_hidden)
        if self._is_hidden:
            for error in errors:
                error.message = HIDDEN_FAULT  # graphql-core's message would name required arguments and types
        return errors

    @staticmethod
    def _coded(errors: list[GraphQLError]) -> tuple[GraphQLError, ...]:
        for error in errors:
            error.extensions = {"code": "GRAPHQL_VALIDATION_FAILED"}
        return tuple(errors)


def secret_mutations(schema: GraphQLSchema) -> frozenset[str]:
    """Return the mutations that try a secret (metadata `proof`); a request may hold one of them."""
    fields = schema.mutation_type.fields if schema.mutation_type is not None else {}
    definitions = {name: field.extensions.get("strawberry-definition") for name, field in fields.items()}
    return frozenset(name for name, definition in definitions.items() if definition and "proof" in definition.metadata)


class _NulRefusal(Visitor):
    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if "\0" in node.value:
            raise GraphQLError(
                "A text in this document has a NUL character (U+0000); remove it.",
                node,
                extensions={"code": "BAD_USER_INPUT"},
            )
