"""Pages for the links of messages in development: a form for the link's operation.

A front end has its own pages. Only the secret of the link is filled in: a sample value would replace the person's
choice.
"""

import re
from dataclasses import dataclass
from typing import Literal

from usecases.mail.links import VERIFY_PAGE
from usecases.mail.message_kind import Link, MessageKind


@dataclass(frozen=True, slots=True)
class Field:
    """An empty form field; `name` is the name of the input field or variable that it fills."""

    name: str
    label: str
    autocomplete: str = "off"

    @property
    def type(self) -> Literal["password", "text"]:
        """Return the type of the HTML input."""
        return "password" if self.autocomplete.endswith("password") else "text"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way of filling in the form: all its fields are required, and those of the other choices are not sent."""

    fields: tuple[Field, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """The page of a link; `secret` is the link's parameter that holds its secret, if it has one."""

    title: str
    lead: str
    document: str
    button: str
    done: str
    choices: tuple[Choice, ...] = (Choice(),)
    secret: str | None = "token"  # noqa: S105 - the name of a parameter
    nothing_found: str = ""  # shown when the operation answers null

    @property
    def wrapped(self) -> bool:
        """Return whether the values are fields of the variable `input`."""
        return "$input" in self.document


def _mutation(field: str, answer: str = "") -> str:
    """Return the document of a mutation that selects user errors and the field `answer`."""
    name = f"{field[0].upper()}{field[1:]}"
    selected = "".join(f"    {line}\n" for line in (answer, "userErrors { code field message }") if line)
    return f"mutation {name}($input: {name}Input!) {{\n  {field}(input: $input) {{\n{selected}  }}\n}}"


_NEW_PASSWORD = Field("newPassword", "New password", "new-password")

_WRITTEN_PAGES = {
    "/sign-up/confirm": LinkPage(
        title="Confirm the e-mail address of a new account",
        lead="The password chosen at sign-up shows that the sign-up was yours, and keeps the name given there.",
        document=_mutation("emailConfirm", "email"),
        choices=(
            Choice(
                (Field("password", "Password chosen at sign-up", "current-password"),),
                "I have the password that I chose at sign-up",
            ),
            Choice(
                (_NEW_PASSWORD, Field("displayName", "Your name", "name")),
                "I forgot it, or somebody else signed up: choose a new password and name",
            ),
        ),
        button="Confirm the address",
        done="The account is open. Sign in with the address and the password.",
    ),
    "/email/confirm": LinkPage(
        title="Confirm your e-mail address",
        lead="The account stays as it is; its address is marked as confirmed.",
        document=_mutation("emailConfirm", "email"),
        button="Confirm the address",
        done="The address is confirmed.",
    ),
    "/password/reset": LinkPage(
        title="Set a new password",
        lead="The new password replaces the old one, and every session of the account ends.",
        document=_mutation("passwordReset"),
        choices=(Choice((_NEW_PASSWORD,)),),
        button="Set the password",
        done="The password is set. Sign in with it.",
    ),
    "/email/change/confirm": LinkPage(
        title="Confirm your new e-mail address",
        lead="Sign in first, in this browser, to the account that asked for the change. Its other sessions end.",
        document=_mutation("emailChangeConfirm", "account { email }"),
        button="Use the new address",
        done="The account has its new address. Sign in with it from now on.",
    ),
    "/email/change/undo": LinkPage(
        title="Undo the change of your e-mail address",
        lead="The account gets its old address back, every session ends, and the password no longer works.",
        document=_mutation("emailChangeRevert"),
        button="Undo the change",
        done="The account has its old address again. A message with a link to set a new password is in the mailbox.",
    ),
    "/account/reopen": LinkPage(
        title="Reopen your account",
        lead="The account opens again as it was when it was closed.",
        document=_mutation("accountCloseUndo"),
        button="Reopen the account",
        done="The account is open again. Sign in as before.",
    ),
    VERIFY_PAGE: LinkPage(
        title="Check that a message is genuine",
        lead="Type the id that stands at the end of the message.",
        document="query MessageVerify($code: String!) {\n"
        "  messageVerify(code: $code) {\n    kind\n    subject\n    sentAt\n    sentTo\n  }\n}",
        choices=(Choice((Field("code", "Message id"),)),),
        secret=None,
        button="Check the message",
        done="We sent this message.",
        nothing_found="We have sent no message with this id. Compare it with the message, and open none of its links.",
    ),
    "/account/secure": LinkPage(
        title="This was not me",
        lead="Every session of the account ends, its devices are forgotten, and the password no longer works.",
        document=_mutation("accountSecure"),
        button="Secure the account",
        done="The account is secured. A message with a link to set a new password is in the mailbox.",
    ),
}


def _in_words(name: str) -> str:
    """Return an API name as words: `newPassword` as "New password"."""
    return re.sub(r"(?=[A-Z])", " ", name).capitalize()


def plain_page(link: Link) -> LinkPage:
    """Return a default page for a link without a written one: its inputs and a button."""
    autocomplete = {name: "new-password" if name.endswith("assword") else "off" for name in link.asks_for}
    fields = (Field(name, _in_words(name), autocomplete[name]) for name in link.asks_for)
    return LinkPage(
        title=_in_words(link.mutation),
        lead=f"The button runs the mutation {link.mutation}.",
        document=_mutation(link.mutation),
        choices=(Choice(tuple(fields)),),
        button=_in_words(link.mutation),
        done="It is done.",
    )


_LINKS = [kind.any_link for kind in MessageKind if kind.any_link is not None]
LINK_PAGES = {link.page: plain_page(link) for link in _LINKS} | _WRITTEN_PAGES
