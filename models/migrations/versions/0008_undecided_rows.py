"""A table of the undecided rows, so that deciding one touches no index of all rows."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "undecided_rows",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("file_id", "row", name=op.f("pk_undecided_rows")),
    )
    # A row of a file that is not current yet becomes undecided when the file becomes current.
    op.execute(
        "INSERT INTO undecided_rows SELECT r.file_id, r.row FROM drop_rows AS r JOIN drop_files AS f ON f.id = r.file_id "
        'WHERE r.decided_at IS NULL AND r."current" AND r.row <= f.current_rows'
    )
    op.drop_index("ix_drop_rows_undecided", "drop_rows")
    op.drop_column("drop_rows", "decided_at")  # its constraint with it
    op.execute("ALTER TABLE drop_rows SET (fillfactor = 45)")


def downgrade() -> None:
    op.execute("ALTER TABLE drop_rows RESET (fillfactor)")
    op.add_column("drop_rows", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE drop_rows SET decided_at = now() WHERE outcome IS NOT NULL")
    op.execute(
        "UPDATE drop_rows AS r SET decided_at = NULL FROM undecided_rows AS u WHERE r.file_id = u.file_id AND r.row = u.row"
    )
    op.create_check_constraint(
        op.f("ck_drop_rows_decided_has_outcome"), "drop_rows", "decided_at IS NULL OR outcome IS NOT NULL"
    )
    op.create_index(
        "ix_drop_rows_undecided", "drop_rows", ["file_id", "row"], postgresql_where="decided_at IS NULL"
    )
    op.drop_table("undecided_rows")
