"""Language of texts, as an enum of the API."""

import strawberry

from models.account import Language

__all__ = ["Language"]

strawberry.enum(Language, name="Language", description="Languages in which we have texts.")
