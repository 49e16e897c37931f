"""Compiles a query into Python, so that it runs as fast as an endpoint written by hand for it.

`plan` says what is selected of which type, `source` writes it as Python, `reading` how each field is read, `arguments`
and `variables` with what; `runtime` is what the written code calls and `operation` what others call. graphql-core stays
the reference: it collects the fields, it executes whatever the compiler does not cover, and it runs a query again when
compiled code raises anything at all, so that errors, their paths and the spreading of nulls are its own. A refused
field is the one error that compiled code records itself: it is common, and never spreads, because it is nullable.
"""

from schema.engine.compiler.operation import CompilableOperation, ExecutionLimits

__all__ = ["CompilableOperation", "ExecutionLimits"]
