"""The links of alarms: each says "This was not me" for one account and the address that it has."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_alarms_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_alarms_secret_hash")),
    )
    op.create_index(
        "ix_alarms_open",
        "alarms",
        ["account_id"],
        postgresql_where=sa.text("consumed_at IS NULL AND ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("alarms")
    # The former code lacks the new kinds of messages; each becomes the nearest kind that it has.
    op.execute(
        "UPDATE messages SET letter = CASE letter WHEN 'PASSWORD_SET' THEN 'PASSWORD_CHANGED' "
        "WHEN 'ACCOUNT_REOPEN' THEN 'ACCOUNT_CLOSED' WHEN 'ALREADY_HAVE_CLOSED_ACCOUNT' THEN 'ALREADY_HAVE_ACCOUNT' "
        "WHEN 'ACCOUNT_SUSPENDED' THEN 'ALREADY_HAVE_ACCOUNT' ELSE 'PASSWORD_RESET' END "
        "WHERE letter IN ('PASSWORD_SET', 'PASSWORD_VOIDED', 'PASSWORD_MISSING', 'ACCOUNT_REOPEN', "
        "'ALREADY_HAVE_CLOSED_ACCOUNT', 'ACCOUNT_SUSPENDED')"
    )
