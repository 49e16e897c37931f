"""Setting a new password while signed in, and hearing beforehand what a password is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from auth.passwords.strength import PasswordHint
from auth.viewer import AccountViewer
from models.task import TaskKind
from resolvers.core.mutation_call import MutationCall, ResultWithReasons
from usecases.account.new_password import refusal_of
from usecases.account.password import change_password, check_password


async def change(call: MutationCall, new_password: str) -> None:
    """Set a new password while signed in, and go on without the task to do so."""
    await change_password(call, new_password)
    viewer = call.context.viewer
    assert isinstance(viewer, AccountViewer), "the field is for signed-in callers"
    call.context.change_viewer(viewer.without_tasks(TaskKind.SET_NEW_PASSWORD))


@dataclass(frozen=True, slots=True)
class PasswordChecked:
    """The strength of a password."""

    score: int
    hints: Sequence[PasswordHint]


async def check(call: MutationCall, password: str, email: str, display_name: str) -> ResultWithReasons:
    """Say what a password is worth; a rule that it breaks is a user error beside the strength."""
    worth = await check_password(call, password, email, display_name)
    reasons = [refusal_of(worth.fault, "password")] if worth.fault else []
    return ResultWithReasons(PasswordChecked(worth.strength.score, worth.strength.hints), reasons)
