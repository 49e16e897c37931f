"""Kinds of messages: one record each, which the outbox, the texts, the links and the SDL read.

A new kind is one member here and its texts in `locales/*/messages.ftl`.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement

from auth.tokens import TokenKind
from models.mailed_secret import AccountClosure, EmailChange, EmailProof, PasswordReset, SignUp
from usecases.mail.facts import Fact


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """The stored secret of a link:

    the kind of its token, the column of its hash, and the condition under which it works.
    """

    token: TokenKind
    secret_hash: ColumnElement[bytes]
    is_open: ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link with a secret: it opens a page of the front end, which calls a mutation with the secret.

    `life` is the time until the link expires, None if the action sets it. `asks_for` names the inputs of the mutation
    besides the secret.
    """

    page: str
    mutation: str
    life: timedelta | None = None
    asks_for: tuple[str, ...] = ()
    stored: StoredSecret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The properties of a kind of message.

    `link`: the message has no purpose but this link, so it is not sent once the link is used, replaced or expired.
    `undo`: a link that takes back what the message tells. Such a message is sent although its link works no more.
    `facts` must be given with each message, `may_tell` may be. `contact`: the message names customer service.
    """

    link: Link | None = None
    undo: Link | None = None
    facts: tuple[Fact, ...] = ()
    may_tell: tuple[Fact, ...] = ()
    contact: bool = False


def _unused(table: type[SignUp | EmailProof | PasswordReset], token: TokenKind) -> StoredSecret:
    is_open = table.consumed_at.is_(None) & table.ended_at.is_(None)
    return StoredSecret(token, table.secret_hash.expression, is_open)


def _password_link(life: timedelta) -> Link:
    stored = _unused(PasswordReset, TokenKind.PASSWORD_RESET)
    return Link(page="/password/reset", mutation="passwordReset", life=life, asks_for=("newPassword",), stored=stored)


_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
# A week, because people may read their mail days later.
THIS_WAS_NOT_ME = Link(page="/account/secure", mutation="accountSecure", life=_WEEK)
_REOPEN = Link(
    page="/account/reopen",
    mutation="accountCloseUndo",
    stored=StoredSecret(
        TokenKind.CLOSING_UNDO,
        AccountClosure.undo_hash.expression,
        AccountClosure.undone_at.is_(None) & AccountClosure.erased_at.is_(None),
    ),
)
_PLAIN = About()
_UNTIL, _AT = (Fact.UNTIL,), (Fact.AT,)
_ALARM_FACTS = (Fact.AT, Fact.UNTIL)


class MessageKind(StrEnum):
    """A kind of message, stored as its code, with the properties of its record."""

    def __new__(cls, code: str, _about: About = _PLAIN) -> "MessageKind":
        """Make a member that is its code."""
        kind = str.__new__(cls, code)
        kind._value_ = code
        return kind

    def __init__(self, _code: str, about: About = _PLAIN) -> None:
        """Give the member the properties of its record."""
        self.link = about.link
        self.undo = about.undo
        self.facts = frozenset(about.facts)
        self.may_tell = frozenset(about.may_tell)
        self.contact = about.contact

    SIGN_UP_CONFIRM = (
        "SIGN_UP_CONFIRM",
        About(
            link=Link(
                page="/sign-up/confirm",
                mutation="emailConfirm",
                life=_DAY,
                asks_for=("password",),
                stored=_unused(SignUp, TokenKind.SIGN_UP),
            ),
            facts=_UNTIL,
        ),
    )
    ALREADY_HAVE_ACCOUNT = "ALREADY_HAVE_ACCOUNT", About(facts=_AT)
    ALREADY_HAVE_CLOSED_ACCOUNT = "ALREADY_HAVE_CLOSED_ACCOUNT", About(facts=_AT)
    EMAIL_PROOF = (
        "EMAIL_PROOF",
        About(
            link=Link(
                page="/email/confirm",
                mutation="emailConfirm",
                life=_DAY,
                stored=_unused(EmailProof, TokenKind.EMAIL_PROOF),
            ),
            facts=_UNTIL,
        ),
    )
    PASSWORD_RESET = "PASSWORD_RESET", About(link=_password_link(timedelta(hours=1)), facts=_UNTIL)
    # An account without a password stays shut until its owner sets one, and the link is the owner's only way in. A
    # stranger who requests another link must not shorten its life. Meanwhile nothing is at stake, because nobody can
    # sign in.
    PASSWORD_MISSING = "PASSWORD_MISSING", About(link=_password_link(_DAY), facts=_UNTIL)
    PASSWORD_VOIDED = "PASSWORD_VOIDED", About(link=_password_link(_DAY), facts=_UNTIL, contact=True)
    PASSWORD_CHANGED = "PASSWORD_CHANGED", About(undo=THIS_WAS_NOT_ME, facts=_ALARM_FACTS, contact=True)
    PASSWORD_SET = "PASSWORD_SET", About(undo=THIS_WAS_NOT_ME, facts=_ALARM_FACTS, contact=True)
    EMAIL_CHANGE_CONFIRM = (
        "EMAIL_CHANGE_CONFIRM",
        About(
            link=Link(
                page="/email/change/confirm",
                mutation="emailChangeConfirm",
                life=_DAY,
                stored=StoredSecret(
                    TokenKind.EMAIL_CHANGE,
                    EmailChange.secret_hash.expression,
                    EmailChange.confirmed_at.is_(None) & EmailChange.ended_at.is_(None),
                ),
            ),
            facts=_UNTIL,
        ),
    )
    EMAIL_CHANGED_NOTICE = (
        "EMAIL_CHANGED_NOTICE",
        About(
            undo=Link(page="/email/change/undo", mutation="emailChangeRevert", life=_WEEK),
            facts=(Fact.AT, Fact.UNTIL, Fact.NEW_EMAIL),
            contact=True,
        ),
    )
    EMAIL_CHANGE_ATTEMPTED = "EMAIL_CHANGE_ATTEMPTED", About(facts=_AT)
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED", About(undo=_REOPEN, facts=_UNTIL, contact=True)
    ACCOUNT_REOPEN = "ACCOUNT_REOPEN", About(link=_REOPEN, facts=_UNTIL)
    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED", About(may_tell=_AT, contact=True)
    ACCOUNT_ERASED = "ACCOUNT_ERASED"
    SESSION_FAMILY_REVOKED = (
        "SESSION_FAMILY_REVOKED",
        About(undo=THIS_WAS_NOT_ME, facts=_ALARM_FACTS, may_tell=(Fact.DEVICE,), contact=True),
    )
    SIGNED_IN_FROM_NEW_DEVICE = (
        "SIGNED_IN_FROM_NEW_DEVICE",
        About(
            undo=THIS_WAS_NOT_ME,
            facts=_ALARM_FACTS,
            may_tell=(Fact.DEVICE, Fact.COUNTRY, Fact.CITY),
            contact=True,
        ),
    )
    ADMINISTRATOR_AT_RISK = (
        "ADMINISTRATOR_AT_RISK",
        About(facts=(Fact.ORGANIZATION, Fact.UNTIL), contact=True),
    )
    ADMINISTRATOR_VACANT = "ADMINISTRATOR_VACANT", About(facts=(Fact.ORGANIZATION,), contact=True)

    @property
    def any_link(self) -> Link | None:
        """Return the one link of the message, of any purpose."""
        return self.link or self.undo

    @property
    def is_alarm(self) -> bool:
        """Return whether the message reports an action that a thief may have done, with the link "This was not me"."""
        return self.undo is THIS_WAS_NOT_ME

    @property
    def life(self) -> timedelta:
        """Return the time until the link expires; raises LookupError if the record has none."""
        opened = self.any_link
        if opened is None or opened.life is None:
            raise LookupError(f"{self} has no link with a life; the action sets its end")
        return opened.life
