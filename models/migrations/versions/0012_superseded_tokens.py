"""Access tokens that a newer one has replaced are kept, so that they are told from forged ones."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "superseded_tokens",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_superseded_tokens_session_id_sessions")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_superseded_tokens")),
    )
    op.create_index(op.f("ix_superseded_tokens_session_id"), "superseded_tokens", ["session_id"])


def downgrade() -> None:
    op.drop_table("superseded_tokens")
