"""Compiles a query document into Python, so that it runs as fast as an endpoint written by hand for it.

`plan` says what is selected of which type, `source` writes it as Python, `reading` how each field is read and `arguments`
with what, `runtime` is what the written code calls. graphql-core stays the reference: it collects the fields and coerces
the variables here, it executes whatever the compiler does not cover, and it runs a query anew when compiled code raises
anything at all, so that errors, their paths and the spreading of nulls are its own. A refused field is the one error that
compiled code records itself: it is common, and it never spreads, because what may be refused is nullable.
"""

from schema.compiler.operation import CompiledOperation, compile_operation

__all__ = ["CompiledOperation", "compile_operation"]
