"""Old codes have named moves, and a message may be unique per person and campaign; its `letter` is its `kind`.

The statuses that persons and administrators give are new. The moves between the six of an import are all allowed,
because a newer file may decide any of them again.
"""

from itertools import permutations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_IMPORTED = ("LINK_PENDING", "NEEDS_EMAIL", "IN_REVIEW", "ORGANIZATION_UNRESOLVED", "SPLIT_PENDING", "SYSTEM")
# Without an organization a code cannot be linked, because its accesses would belong to nobody. A shared code is never
# linked to one person, and the credential of a machine neither linked nor retired.
_MOVES = [
    *map(">".join, permutations(_IMPORTED, 2)),
    "LINK_PENDING>LINKED", "NEEDS_EMAIL>LINKED", "IN_REVIEW>LINKED", "UNLINKED>LINKED", "RETIRED>LINKED",
    "LINKED>UNLINKED",
    "SPLIT_PENDING>SPLIT", "RETIRED>SPLIT",
    "LINK_PENDING>RETIRED", "NEEDS_EMAIL>RETIRED", "IN_REVIEW>RETIRED", "ORGANIZATION_UNRESOLVED>RETIRED",
    "SPLIT_PENDING>RETIRED", "UNLINKED>RETIRED",
]
# The status before the person's decision; an import would give it again.
_FORMER = {"LINKED": "LINK_PENDING", "UNLINKED": "IN_REVIEW", "SPLIT": "SPLIT_PENDING", "RETIRED": "IN_REVIEW"}
_CHECK = "ck_legacy_codes_legacy_code_status"


def upgrade() -> None:
    _limit_status(*_IMPORTED, *_FORMER)
    # Without the WHEN every row that an import writes again would call the function.
    op.execute(
        "CREATE TRIGGER legacy_codes_named_moves BEFORE UPDATE OF status ON legacy_codes FOR EACH ROW "
        "WHEN (OLD.status IS DISTINCT FROM NEW.status) "
        f"EXECUTE FUNCTION refuse_unnamed_move({_quoted(_MOVES)})"
    )
    op.alter_column("messages", "letter", new_column_name="kind")
    op.add_column("messages", sa.Column("campaign_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f("ck_messages_campaign_has_account"), "messages", "campaign_id IS NULL OR account_id IS NOT NULL")
    op.create_index(
        "uq_messages_campaign_id_account_id",
        "messages",
        ["campaign_id", "account_id"],
        unique=True,
        postgresql_where="campaign_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("uq_messages_campaign_id_account_id", table_name="messages")
    op.drop_constraint(op.f("ck_messages_campaign_has_account"), "messages")
    op.drop_column("messages", "campaign_id")
    op.alter_column("messages", "kind", new_column_name="letter")
    op.execute("DROP TRIGGER legacy_codes_named_moves ON legacy_codes")
    for status, former in _FORMER.items():
        op.execute(f"UPDATE legacy_codes SET status = '{former}' WHERE status = '{status}'")
    _limit_status(*_IMPORTED)


def _limit_status(*statuses: str) -> None:
    op.execute(f"ALTER TABLE legacy_codes DROP CONSTRAINT {_CHECK}")
    op.execute(f"ALTER TABLE legacy_codes ADD CONSTRAINT {_CHECK} CHECK (status IN ({_quoted(statuses)}))")


def _quoted(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)
