"""The database refuses unnamed moves, the loss of a last administrator, and changed history; adds the services."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Named actions for every move; the database refuses all other moves.
MOVES = {
    "accounts": [
        "PENDING>ACTIVE", "PENDING>SUSPENDED", "PENDING>CLOSED",
        "UNVERIFIED>ACTIVE", "UNVERIFIED>SUSPENDED", "UNVERIFIED>CLOSED",
        "ACTIVE>SUSPENDED", "ACTIVE>CLOSED", "SUSPENDED>ACTIVE", "SUSPENDED>CLOSED",
        "CLOSED>ACTIVE", "CLOSED>ERASED",
    ],
    "memberships": ["DORMANT>ACTIVE", "DORMANT>ENDED", "ACTIVE>ENDED"],
    "organizations": [
        "AWAITING_ADMINISTRATOR>ACTIVE", "AWAITING_ADMINISTRATOR>CLOSED",
        "ACTIVE>ADMINISTRATOR_VACANT", "ACTIVE>CLOSED",
        "ADMINISTRATOR_VACANT>ACTIVE", "ADMINISTRATOR_VACANT>CLOSED",
    ],
}

NAMED_MOVES = """
CREATE FUNCTION refuse_unnamed_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> NEW.status AND NOT (OLD.status || '>' || NEW.status = ANY (TG_ARGV)) THEN
        RAISE EXCEPTION 'no deed moves % from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'named_moves';
    END IF;
    RETURN NEW;
END $$
"""

# The row lock makes two administrators who act on each other wait for each other. The next statement sees the commit of
# the first, because every statement of a function takes a new snapshot at READ COMMITTED.
LAST_ADMINISTRATOR = """
CREATE FUNCTION require_effective_administrator(organization uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM organizations WHERE id = organization AND status = 'ACTIVE' FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT 1
        FROM memberships AS m
        JOIN accounts AS a ON a.id = m.account_id
        JOIN email_confirmations AS c ON c.account_id = a.id AND c.email_key = a.email_key
        WHERE m.organization_id = organization AND m.status = 'ACTIVE' AND m.role = 'ADMINISTRATOR'
            AND a.status = 'ACTIVE' AND a.email_undeliverable_at IS NULL
    ) THEN
        RAISE EXCEPTION 'organization % would be left without an effective administrator', organization
            USING ERRCODE = 'check_violation', CONSTRAINT = 'effective_administrator';
    END IF;
END $$
"""

AFTER_MEMBERSHIP = """
CREATE FUNCTION membership_keeps_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_effective_administrator(OLD.organization_id);
    RETURN NULL;
END $$
"""

AFTER_ORGANIZATION = """
CREATE FUNCTION organization_keeps_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_effective_administrator(NEW.id);
    RETURN NULL;
END $$
"""

# Lock organizations in the order of their ids, so that two people who lose several at once cannot deadlock.
AFTER_ACCOUNT = """
CREATE FUNCTION account_keeps_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person uuid := CASE TG_TABLE_NAME WHEN 'accounts' THEN (to_jsonb(OLD) ->> 'id')::uuid
        ELSE (to_jsonb(OLD) ->> 'account_id')::uuid END;
    organization uuid;
BEGIN
    FOR organization IN
        SELECT organization_id FROM memberships
        WHERE account_id = person AND role = 'ADMINISTRATOR' AND status = 'ACTIVE' ORDER BY organization_id
    LOOP
        PERFORM require_effective_administrator(organization);
    END LOOP;
    RETURN NULL;
END $$
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'append_only';
END $$
"""

TRIGGERS = [
    """CREATE CONSTRAINT TRIGGER memberships_keep_administrator
    AFTER UPDATE OR DELETE ON memberships DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.role = 'ADMINISTRATOR' AND OLD.status = 'ACTIVE') EXECUTE FUNCTION membership_keeps_administrator()""",
    """CREATE CONSTRAINT TRIGGER organizations_gain_administrator
    AFTER INSERT ON organizations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'ACTIVE') EXECUTE FUNCTION organization_keeps_administrator()""",
    """CREATE CONSTRAINT TRIGGER organizations_keep_administrator
    AFTER UPDATE OF status ON organizations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'ACTIVE') EXECUTE FUNCTION organization_keeps_administrator()""",
    """CREATE CONSTRAINT TRIGGER accounts_keep_administrator
    AFTER UPDATE OF status, email_key ON accounts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status = 'ACTIVE' AND (NEW.status <> 'ACTIVE' OR NEW.email_key IS DISTINCT FROM OLD.email_key))
    EXECUTE FUNCTION account_keeps_administrator()""",
    """CREATE CONSTRAINT TRIGGER email_confirmations_keep_administrator
    AFTER UPDATE OR DELETE ON email_confirmations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION account_keeps_administrator()""",
    """CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history()""",
    """CREATE TRIGGER audit_entries_kept BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history()""",
]

SERVICES = """
INSERT INTO services (id, code, audience, name_fi, name_sv, name_en) VALUES
    ('01976f00-0000-7000-8000-000000000001', 'OMAPOSTI', 'CONSUMER', 'OmaPosti', 'OmaPosti', 'OmaPosti'),
    ('01976f00-0000-7000-8000-000000000002', 'EXTRANET', 'BUSINESS', 'Extranet', 'Extranet', 'Extranet'),
    ('01976f00-0000-7000-8000-000000000003', 'SMARTSHIP', 'BUSINESS', 'SmartShip', 'SmartShip', 'SmartShip'),
    ('01976f00-0000-7000-8000-000000000004', 'PRINETTI', 'BUSINESS', 'Prinetti', 'Prinetti', 'Prinetti')
"""


def upgrade() -> None:
    for function in (NAMED_MOVES, LAST_ADMINISTRATOR, AFTER_MEMBERSHIP, AFTER_ORGANIZATION, AFTER_ACCOUNT, APPEND_ONLY):
        op.execute(function)
    for table, moves in MOVES.items():
        named = ", ".join(f"'{move}'" for move in moves)
        op.execute(
            f"CREATE TRIGGER {table}_named_moves BEFORE UPDATE OF status ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_unnamed_move({named})"
        )
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM PUBLIC")
    op.execute(SERVICES)


def downgrade() -> None:
    op.execute("DELETE FROM services")
    for table in ("accounts", "memberships", "organizations"):
        op.execute(f"DROP TRIGGER {table}_named_moves ON {table}")
    for trigger, table in (
        ("memberships_keep_administrator", "memberships"),
        ("organizations_gain_administrator", "organizations"),
        ("organizations_keep_administrator", "organizations"),
        ("accounts_keep_administrator", "accounts"),
        ("email_confirmations_keep_administrator", "email_confirmations"),
        ("audit_entries_append_only", "audit_entries"),
        ("audit_entries_kept", "audit_entries"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for function in (
        "refuse_unnamed_move()", "require_effective_administrator(uuid)", "membership_keeps_administrator()",
        "organization_keeps_administrator()", "account_keeps_administrator()", "refuse_rewriting_history()",
    ):
        op.execute(f"DROP FUNCTION {function}")
