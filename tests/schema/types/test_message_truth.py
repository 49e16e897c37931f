"""Every kind of message in every state that enqueues it: its text is true at that moment."""

import httpx
import pytest

from server.db.database import Database
from tests.schema.types.message_claims import CLAIMS
from tests.schema.types.message_scenes import (
    LIISA,
    MOVED,
    Scene,
    Step,
    active,
    alarmed,
    alarmed_and_closed,
    alarmed_and_suspended,
    answer_alarm,
    ask_for_proof,
    ask_for_reset,
    bounce_administrator,
    change_address,
    change_password,
    change_spelling,
    close,
    closed,
    closed_and_voided,
    leave_organization,
    let_erase,
    member,
    moved,
    moved_and_closed,
    moved_and_suspended,
    nobody,
    prepared,
    reopen,
    reset_password,
    sign_in_again,
    sign_up,
    steal_key,
    suspended,
    undo_change,
    unproven,
    unverified,
    voided,
    wish_for_address,
    wish_for_own_move,
)
from usecases.mail.message_kind import MessageKind

# Kinds, and the states and actions after which each is the last message; an action may enqueue others before it.
ENQUEUED: dict[MessageKind, list[tuple[Step, Step]]] = {
    MessageKind.SIGN_UP_CONFIRM: [
        (nobody, sign_up),
        (unverified, sign_up),
        (prepared, sign_up),
        (unverified, ask_for_reset),
        (unverified, ask_for_proof),
    ],
    MessageKind.ALREADY_HAVE_ACCOUNT: [(active, sign_up), (unproven, sign_up), (voided, sign_up)],
    MessageKind.ALREADY_HAVE_CLOSED_ACCOUNT: [(closed, sign_up)],
    MessageKind.EMAIL_PROOF: [(unproven, ask_for_proof)],
    MessageKind.PASSWORD_RESET: [(active, ask_for_reset), (unproven, ask_for_reset)],
    MessageKind.PASSWORD_MISSING: [(prepared, ask_for_reset), (voided, ask_for_reset)],
    MessageKind.PASSWORD_VOIDED: [(moved, undo_change), (alarmed, answer_alarm), (closed_and_voided, reopen)],
    MessageKind.PASSWORD_CHANGED: [(active, change_password)],
    MessageKind.PASSWORD_SET: [(active, reset_password), (prepared, reset_password), (voided, reset_password)],
    MessageKind.EMAIL_CHANGE_CONFIRM: [(active, wish_for_own_move)],
    MessageKind.EMAIL_CHANGED_NOTICE: [(active, change_address), (active, change_spelling)],
    MessageKind.EMAIL_CHANGE_ATTEMPTED: [
        (active, wish_for_address),
        (prepared, wish_for_address),
        (voided, wish_for_address),
        (suspended, wish_for_address),
        (closed, wish_for_address),
    ],
    MessageKind.ACCOUNT_CLOSED: [(active, close)],
    MessageKind.ACCOUNT_REOPEN: [
        (closed, ask_for_reset),
        (moved_and_closed, undo_change),
        (alarmed_and_closed, answer_alarm),
        (closed_and_voided, ask_for_reset),
    ],
    MessageKind.ACCOUNT_SUSPENDED: [
        (suspended, sign_up),
        (suspended, ask_for_reset),
        (moved_and_suspended, undo_change),
        (alarmed_and_suspended, answer_alarm),
    ],
    MessageKind.ACCOUNT_ERASED: [(closed, let_erase)],
    MessageKind.SESSION_FAMILY_REVOKED: [(active, steal_key)],
    MessageKind.SIGNED_IN_FROM_NEW_DEVICE: [(active, sign_in_again)],
    MessageKind.ADMINISTRATOR_AT_RISK: [(member, bounce_administrator)],
    MessageKind.ADMINISTRATOR_VACANT: [(member, leave_organization)],
}
QUIET: list[tuple[Step, Step]] = [
    (nobody, ask_for_reset),
    (nobody, ask_for_proof),
    (prepared, ask_for_proof),
    (active, ask_for_proof),
    (voided, ask_for_proof),
    (suspended, ask_for_proof),
    (closed, ask_for_proof),
    (closed, reopen),
]
# Sent to another mailbox than Liisa's present one.
ELSEWHERE = {MessageKind.EMAIL_CHANGE_CONFIRM: MOVED}
CASES = [(kind, state, action) for kind, ways in ENQUEUED.items() for state, action in ways]


def named(value: object) -> str:
    return value.value if isinstance(value, MessageKind) else str(getattr(value, "__name__", value))


@pytest.fixture
def scene(client: httpx.AsyncClient, database: Database) -> Scene:
    return Scene(client, database)


def test_every_kind_has_its_states_and_its_claims() -> None:
    """A new kind is listed here with the states that enqueue it, and its claims in message_claims."""
    assert set(ENQUEUED) == set(CLAIMS) == set(MessageKind)
    assert all(ENQUEUED.values())


@pytest.mark.parametrize(("kind", "state", "action"), CASES, ids=named)
async def test_message_tells_the_truth_of_its_state(scene: Scene, kind: MessageKind, state: Step, action: Step) -> None:
    await state(scene)
    before = len(await scene.enqueued())
    await action(scene)
    enqueued = (await scene.enqueued())[before if kind is not MessageKind.ACCOUNT_ERASED else 0 :]
    assert enqueued[-1:] == [(kind, ELSEWHERE.get(kind, LIISA))]
    await CLAIMS[kind](scene)


@pytest.mark.parametrize(("state", "action"), QUIET, ids=named)
async def test_other_states_enqueue_no_message(scene: Scene, state: Step, action: Step) -> None:
    await state(scene)
    before = await scene.enqueued()
    await action(scene)
    assert await scene.enqueued() == before
