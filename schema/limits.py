"""The bounds on a document; `schema/limit_check.py` applies them, and whoever reads the settings needs no GraphQL."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one document may ask for; each of these is a limit that an error names."""

    tokens: int = 1_000
    selections: int = 1_000  # fields and fragments, each as often as it is reached
    depth: int = 10  # levels of fields
    aliases: int = 15  # with fragments in their places
    directives: int = 20
    repeats: int = 20  # of one response name in one place: comparing them costs the square of their number
    root_mutations: int = 4
    proofs: int = 1  # mutations that try a secret, such as signIn
    cost: int = 5_000  # objects; see schema.compiler.cost
