"""The language of texts, by its name in the API before any type reads it."""

import strawberry

from models.account import Language

__all__ = ["Language"]

strawberry.enum(Language, name="Language", description="The languages our texts exist in.")
