"""Index messages that are being handed over or in doubt, so that finding them does not read all that were sent."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_messages_handed_over", "messages", ["sending_at"], postgresql_where="status IN ('SENDING', 'DOUBTFUL')"
    )


def downgrade() -> None:
    op.drop_index("ix_messages_handed_over", table_name="messages")
