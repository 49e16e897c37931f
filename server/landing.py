"""What the pages behind the letters' links would ask for, so that a developer can run it from GraphiQL."""

import json
from dataclasses import dataclass
from typing import Any

from models.message import Letter
from usecases.mail.links import PAGES, VERIFY_PAGE
from usecases.post import ALARMS

SECRET = "FROM_THE_LINK"  # noqa: S105 - a placeholder, which the page's script fills in


@dataclass(frozen=True, slots=True)
class Landing:
    """A page: its title, and the operation that uses the link's secret."""

    title: str
    document: str
    values: dict[str, Any]

    @property
    def variables(self) -> str:
        """Return the operation's variables as JSON, with a placeholder for the secret."""
        return json.dumps(self.values, indent=2)


def _mutation(title: str, field: str, **further: str) -> Landing:
    name = f"{field[0].upper()}{field[1:]}"
    asked = f"{field}(input: $input) {{ userErrors {{ code field message }} }}"
    return Landing(
        title, f"mutation {name}($input: {name}Input!) {{\n  {asked}\n}}", {"input": {"token": SECRET, **further}}
    )


_OF_LETTERS = {
    Letter.SIGN_UP_CONFIRM: _mutation(
        "Confirm the e-mail address", "emailConfirm", newPassword="a new long password", displayName="Your name"
    ),
    Letter.EMAIL_PROOF: _mutation("Confirm the e-mail address", "emailConfirm"),
    Letter.PASSWORD_RESET: _mutation("Set a new password", "passwordReset", newPassword="a new long password"),
    Letter.EMAIL_CHANGE_CONFIRM: _mutation("Confirm the new e-mail address", "emailChangeConfirm"),
    Letter.EMAIL_CHANGED_NOTICE: _mutation("Undo the change of the e-mail address", "emailChangeRevert"),
    Letter.ACCOUNT_CLOSED: _mutation("Undo the closing of the account", "accountCloseUndo"),
    **dict.fromkeys(
        sorted(ALARMS), _mutation("This was not me: sign everybody out and make the password void", "accountSecure")
    ),
}
_VERIFY = Landing(
    "Is this letter genuine?",
    "query MessageVerify($code: String!) {\n  messageVerify(code: $code) { letter subject sentAt sentTo }\n}",
    {"code": SECRET},
)
LANDINGS = {PAGES[letter]: landing for letter, landing in _OF_LETTERS.items()} | {VERIFY_PAGE: _VERIFY}
