"""Organizations are dated as at risk when their administrators' mail bounces, and the database enforces it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RISK_DATED = "(administrators_at_risk_since IS NULL) = (administrators_at_risk_until IS NULL)"
RISK_WHILE_ACTIVE = "administrators_at_risk_since IS NULL OR status = 'ACTIVE'"

# Administrators of an organization, in any state of their mailboxes.
ADMINISTRATORS = """
        FROM memberships AS m
        JOIN accounts AS a ON a.id = m.account_id
        JOIN email_confirmations AS c ON c.account_id = a.id AND c.email_key = a.email_key
        WHERE m.organization_id = {organization} AND m.status = 'ACTIVE' AND m.role = 'ADMINISTRATOR'
            AND a.status = 'ACTIVE'"""

# The row lock makes two people who act on the same organization wait for each other. The next statement sees the commit
# of the first, because every statement of a function takes a new snapshot at READ COMMITTED.
REQUIRE = f"""
CREATE OR REPLACE FUNCTION require_effective_administrator(organization uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    at_risk boolean;
    effective boolean;
    unreachable boolean;
BEGIN
    SELECT administrators_at_risk_since IS NOT NULL INTO at_risk
        FROM organizations WHERE id = organization AND status = 'ACTIVE' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT coalesce(bool_or(a.email_undeliverable_at IS NULL), false),
        coalesce(bool_or(a.email_undeliverable_at IS NOT NULL), false)
        INTO effective, unreachable
        {ADMINISTRATORS.format(organization="organization")};
    IF effective AND at_risk THEN
        RAISE EXCEPTION 'organization % has an effective administrator and is not at risk', organization
            USING ERRCODE = 'check_violation', CONSTRAINT = 'risk_ends_with_its_cause';
    END IF;
    IF NOT effective AND NOT (at_risk AND unreachable) THEN
        RAISE EXCEPTION 'organization % would be left without an effective administrator', organization
            USING ERRCODE = 'check_violation', CONSTRAINT = 'effective_administrator';
    END IF;
END $$
"""

AFTER_MEMBERSHIP = """
CREATE OR REPLACE FUNCTION membership_keeps_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_effective_administrator(
        CASE TG_OP WHEN 'DELETE' THEN OLD.organization_id ELSE NEW.organization_id END
    );
    RETURN NULL;
END $$
"""

# Organizations are locked in the order of their ids: docs/decisions/0025-lock-order.md.
AFTER_ACCOUNT = """
CREATE OR REPLACE FUNCTION account_keeps_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    person uuid := (changed ->> CASE TG_TABLE_NAME WHEN 'accounts' THEN 'id' ELSE 'account_id' END)::uuid;
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

TRIGGERS = {
    "memberships_gain_administrator": """AFTER INSERT OR UPDATE ON memberships DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.role = 'ADMINISTRATOR' AND NEW.status = 'ACTIVE')
    EXECUTE FUNCTION membership_keeps_administrator()""",
    "organizations_keep_administrator": """AFTER UPDATE OF status, administrators_at_risk_since ON organizations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'ACTIVE') EXECUTE FUNCTION organization_keeps_administrator()""",
    "accounts_keep_administrator": """AFTER UPDATE OF status, email_key, email_undeliverable_at ON accounts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.status, OLD.email_key, OLD.email_undeliverable_at)
        IS DISTINCT FROM (NEW.status, NEW.email_key, NEW.email_undeliverable_at))
    EXECUTE FUNCTION account_keeps_administrator()""",
    "email_confirmations_keep_administrator": """AFTER INSERT OR UPDATE OR DELETE ON email_confirmations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION account_keeps_administrator()""",
}
TABLES = {
    "memberships_gain_administrator": "memberships",
    "organizations_keep_administrator": "organizations",
    "accounts_keep_administrator": "accounts",
    "email_confirmations_keep_administrator": "email_confirmations",
}

# The administrators of these were not told, so their time begins now.
ALREADY_AT_RISK = f"""
UPDATE organizations AS o
SET administrators_at_risk_since = now(), administrators_at_risk_until = now() + interval '14 days'
WHERE o.status = 'ACTIVE' AND NOT EXISTS (
    SELECT 1 {ADMINISTRATORS.format(organization="o.id")} AND a.email_undeliverable_at IS NULL
)
"""

FORMER_REQUIRE = """
CREATE OR REPLACE FUNCTION require_effective_administrator(organization uuid) RETURNS void LANGUAGE plpgsql AS $$
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
FORMER_AFTER_MEMBERSHIP = """
CREATE OR REPLACE FUNCTION membership_keeps_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_effective_administrator(OLD.organization_id);
    RETURN NULL;
END $$
"""
FORMER_AFTER_ACCOUNT = """
CREATE OR REPLACE FUNCTION account_keeps_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
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
FORMER_TRIGGERS = {
    "organizations_keep_administrator": """AFTER UPDATE OF status ON organizations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'ACTIVE') EXECUTE FUNCTION organization_keeps_administrator()""",
    "accounts_keep_administrator": """AFTER UPDATE OF status, email_key ON accounts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status = 'ACTIVE' AND (NEW.status <> 'ACTIVE' OR NEW.email_key IS DISTINCT FROM OLD.email_key))
    EXECUTE FUNCTION account_keeps_administrator()""",
    "email_confirmations_keep_administrator": """AFTER UPDATE OR DELETE ON email_confirmations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION account_keeps_administrator()""",
}


def upgrade() -> None:
    for column in ("administrators_at_risk_since", "administrators_at_risk_until"):
        op.add_column("organizations", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint("risk_dated", "organizations", RISK_DATED)
    op.create_check_constraint("risk_while_active", "organizations", RISK_WHILE_ACTIVE)
    op.create_index(
        "ix_organizations_administrators_at_risk_until", "organizations", ["administrators_at_risk_until"],
        postgresql_where="administrators_at_risk_until IS NOT NULL",
    )
    for function in (REQUIRE, AFTER_MEMBERSHIP, AFTER_ACCOUNT):
        op.execute(function)
    _drop(FORMER_TRIGGERS)
    op.execute(ALREADY_AT_RISK)
    _create(TRIGGERS)


def downgrade() -> None:
    _drop(TRIGGERS)
    for function in (FORMER_REQUIRE, FORMER_AFTER_MEMBERSHIP, FORMER_AFTER_ACCOUNT):
        op.execute(function)
    op.drop_index("ix_organizations_administrators_at_risk_until", "organizations")
    op.drop_constraint(op.f("ck_organizations_risk_while_active"), "organizations")
    op.drop_constraint(op.f("ck_organizations_risk_dated"), "organizations")
    for column in ("administrators_at_risk_until", "administrators_at_risk_since"):
        op.drop_column("organizations", column)
    _create(FORMER_TRIGGERS)


def _drop(triggers: dict[str, str]) -> None:
    for name in triggers:
        op.execute(f"DROP TRIGGER {name} ON {TABLES[name]}")


def _create(triggers: dict[str, str]) -> None:
    for name, definition in triggers.items():
        op.execute(f"CREATE CONSTRAINT TRIGGER {name} {definition}")
