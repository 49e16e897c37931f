"""Signing up, and confirming the address of an account."""

from dataclasses import dataclass

from models.account import Language
from resolvers.core.mutation_call import MutationCall
from usecases.account import sign_up as usecases
from usecases.account.email_confirm import GivenProof, confirm_email
from usecases.account.sign_up import SignUpForm


@dataclass(frozen=True, slots=True)
class EmailConfirmed:
    """The address that is confirmed now."""

    email: str


async def sign_up(  # noqa: PLR0913, PLR0917 - the fields of the input
    call: MutationCall,
    email: str,
    password: str,
    display_name: str,
    language: Language | None,
    acknowledge_role_mailbox: bool,
) -> None:
    """Sign up, in the language of the request unless another is chosen."""
    form = SignUpForm(email, display_name, password, language or call.context.language, acknowledge_role_mailbox)
    await usecases.sign_up(call, form)


async def confirm(
    call: MutationCall, token: str, password: str | None, new_password: str | None, display_name: str | None
) -> EmailConfirmed:
    """Confirm an address by its link, whichever kind of link it is."""
    return EmailConfirmed(await confirm_email(call, token, GivenProof(password, new_password, display_name)))
