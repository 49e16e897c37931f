"""Texts of audit entries: every action has one in each language; a new action without texts fails here."""

import pytest

from models.account import Language
from schema.mutation import declarations
from usecases.audit.action import Action
from usecases.texts import text

# Actions on files, old codes and organizations stand in no person's history.
NOT_OF_ACCOUNTS = {
    Action.DROP_FILE_IMPORT,
    Action.DROP_FILE_REFUSE,
    Action.LEGACY_CODE_IMPORT,
    Action.ORGANIZATION_IMPORT,
}
REFUSED = {declaration.action for declaration in declarations().values() if declaration.action and declaration.codes}
KEYS = sorted(
    [f"audit-{action.replace('.', '-')}" for action in set(Action) - NOT_OF_ACCOUNTS]
    + [f"audit-{action.replace('.', '-')}-refused" for action in REFUSED]
)


@pytest.mark.parametrize("key", KEYS)
def test_every_action_has_its_own_words_in_each_language(key: str) -> None:
    texts = {text(language, key) for language in Language}
    assert len(texts) == len(Language)
    assert all(wording.endswith(".") for wording in texts)
