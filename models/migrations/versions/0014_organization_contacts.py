"""Organizations have contact details of their own and a language of their messages."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("contact_email", "contact_phone"):
        op.add_column("organizations", sa.Column(column, sa.Text(), nullable=True))
    op.add_column("organizations", sa.Column("language", sa.String(2), nullable=True))
    op.create_check_constraint(op.f("ck_organizations_language"), "organizations", "language IN ('fi', 'sv', 'en')")


def downgrade() -> None:
    for column in ("language", "contact_phone", "contact_email"):  # the constraint goes with its column
        op.drop_column("organizations", column)
