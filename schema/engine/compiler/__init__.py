"""Compiles a query into Python that runs as fast as a hand-written endpoint.

`plan` lists the selected fields by type, and `source` writes them as Python. `reading` writes how a field is read,
`arguments` and `variables` its arguments. Compiled code calls `runtime`; other packages call `operation`.

graphql-core stays the reference. It collects the fields and executes what the compiler does not cover. It also runs a
query again when compiled code raises, so errors, their paths and the propagation of nulls are its own. Compiled code
records one error itself, the refusal of a field: it is common, and it never propagates, because refusable fields are
nullable.
"""

from schema.engine.compiler.operation import CompilableOperation, ExecutionLimits

__all__ = ["CompilableOperation", "ExecutionLimits"]
