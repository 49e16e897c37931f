"""Chain the audit by hash, entry by entry; the personal parts of an entry can be erased without breaking the chain."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Canonical text of an entry. An auditor can compute it without us: docs/decisions/0007-audit-chain.md.
DIGESTS = """
CREATE FUNCTION audit_digest(salt uuid, content jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(uuid_send(salt) || convert_to(content::text, 'UTF8'))
"""

LANE = """
CREATE FUNCTION audit_lane(id uuid, actor_id uuid, actor_name text, subject_id uuid) RETURNS smallint
LANGUAGE sql IMMUTABLE RETURN CASE
    WHEN actor_id IS NULL AND actor_name IS NOT NULL THEN 64
    ELSE get_byte(uuid_send(coalesce(actor_id, subject_id, id)), 15) % 64
END
"""

# Deferred, so that a transaction holds a lane during its commit only, and a long import blocks nobody. The head is read
# after the lock by a separate statement, so its snapshot holds the commit of the former holder. SECURITY DEFINER, so
# that the application itself can neither write a link nor change one.
CHAIN = """
CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    its_lane smallint := audit_lane(NEW.id, NEW.actor_id, NEW.actor_name, NEW.subject_id);
    place bigint;
    former bytea;
    origin_digest bytea := audit_digest(NEW.origin_salt, jsonb_build_array(NEW.address, NEW.user_agent));
    changes_digest bytea := audit_digest(NEW.changes_salt, NEW.changes);
BEGIN
    PERFORM pg_advisory_xact_lock(20261125, its_lane);
    SELECT position, hash INTO place, former FROM audit_links WHERE lane = its_lane ORDER BY position DESC LIMIT 1;
    place := coalesce(place, 0) + 1;
    INSERT INTO audit_links (lane, position, entry_id, origin_digest, changes_digest, hash)
    VALUES (its_lane, place, NEW.id, origin_digest, changes_digest, sha256(
        coalesce(former, decode(repeat('00', 32), 'hex')) || convert_to(jsonb_build_array(
            its_lane, place, NEW.id, (extract(epoch FROM NEW.at) * 1000000)::bigint, NEW.action, NEW.result,
            NEW.actor_id, NEW.actor_name, NEW.subject_id, NEW.organization_id, NEW.session_id, NEW.request_id,
            encode(origin_digest, 'hex'), encode(changes_digest, 'hex')
        )::text, 'UTF8')
    ));
    RETURN NULL;
END $$
"""

# Entries never change, except that their personal parts can be erased, each together with its salt.
REFUSE = """
CREATE OR REPLACE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasable text[] := ARRAY['origin_salt', 'address', 'user_agent', 'changes_salt', 'changes'];
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_entries' THEN
        IF to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable
            AND (NEW.origin_salt IS NULL OR (NEW.origin_salt, NEW.address, NEW.user_agent)
                IS NOT DISTINCT FROM (OLD.origin_salt, OLD.address, OLD.user_agent))
            AND (NEW.changes_salt IS NULL OR (NEW.changes_salt, NEW.changes)
                IS NOT DISTINCT FROM (OLD.changes_salt, OLD.changes))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit entries are append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'append_only';
END $$
"""

FORMER_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'append_only';
END $$
"""

# SECURITY DEFINER, because the application has no right to change an entry; for an erased account only. The origin of
# another actor's request is personal to that actor and stays. An attempt by an unknown actor counts as the person's
# own.
ERASE = """
CREATE FUNCTION erase_from_audit(person uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM accounts WHERE id = person AND status = 'ERASED') THEN
        RAISE EXCEPTION 'account % is not erased, so its history stays as it is', person
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'erased_accounts_only';
    END IF;
    UPDATE audit_entries SET
        origin_salt = CASE WHEN coalesce(actor_id, subject_id) = person THEN NULL ELSE origin_salt END,
        address = CASE WHEN coalesce(actor_id, subject_id) = person THEN NULL ELSE address END,
        user_agent = CASE WHEN coalesce(actor_id, subject_id) = person THEN NULL ELSE user_agent END,
        changes_salt = CASE WHEN subject_id = person THEN NULL ELSE changes_salt END,
        changes = CASE WHEN subject_id = person THEN NULL ELSE changes END
    WHERE actor_id = person OR subject_id = person;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END $$
"""

TRIGGERS = [
    """CREATE CONSTRAINT TRIGGER audit_entries_chained AFTER INSERT ON audit_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_audit_entry()""",
    """CREATE TRIGGER audit_links_append_only BEFORE UPDATE OR DELETE ON audit_links
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history()""",
    """CREATE TRIGGER audit_links_kept BEFORE TRUNCATE ON audit_links
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history()""",
]

# Chain existing entries in their own order, by the same function as new ones.
CHAIN_WHAT_IS_THERE = """
CREATE FUNCTION chain_former_entries() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMPORARY TABLE former_entries (LIKE audit_entries) ON COMMIT DROP;
    CREATE TRIGGER chained AFTER INSERT ON former_entries FOR EACH ROW EXECUTE FUNCTION chain_audit_entry();
    INSERT INTO former_entries SELECT * FROM audit_entries ORDER BY id;
END $$
"""


def upgrade() -> None:
    op.add_column("audit_entries", sa.Column("user_agent", sa.Text(), nullable=True))
    for salt in ("origin_salt", "changes_salt"):
        op.add_column("audit_entries", sa.Column(salt, sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=True))
    op.alter_column("audit_entries", "changes", nullable=True)
    op.create_check_constraint(
        "origin_erased_whole", "audit_entries", "origin_salt IS NOT NULL OR (address IS NULL AND user_agent IS NULL)"
    )
    op.create_check_constraint(
        "changes_erased_whole", "audit_entries", "(changes_salt IS NULL) = (changes IS NULL)"
    )
    op.create_index("ix_audit_entries_actor_id_id", "audit_entries", ["actor_id", "id"])
    op.create_table(
        "audit_links",
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("origin_digest", sa.LargeBinary(), nullable=False),
        sa.Column("changes_digest", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "position", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_links_entry_id")),
    )
    for statement in (DIGESTS, LANE, CHAIN, CHAIN_WHAT_IS_THERE, REFUSE, ERASE):
        op.execute(statement)
    op.execute("SELECT chain_former_entries()")
    op.execute("DROP FUNCTION chain_former_entries()")
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_links FROM PUBLIC")


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_entries_chained ON audit_entries")
    op.drop_table("audit_links")
    for function in ("erase_from_audit(uuid)", "chain_audit_entry()", "audit_lane(uuid, uuid, text, uuid)", "audit_digest(uuid, jsonb)"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute(FORMER_REFUSE)
    op.drop_index("ix_audit_entries_actor_id_id", "audit_entries")
    op.drop_constraint(op.f("ck_audit_entries_changes_erased_whole"), "audit_entries")
    op.drop_constraint(op.f("ck_audit_entries_origin_erased_whole"), "audit_entries")
    # Erased changes become an empty object, because the former code has no null.
    op.execute("ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only")
    op.execute("UPDATE audit_entries SET changes_salt = gen_random_uuid(), changes = '{}' WHERE changes IS NULL")
    op.execute("ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only")
    op.alter_column("audit_entries", "changes", nullable=False)
    for column in ("changes_salt", "origin_salt", "user_agent"):
        op.drop_column("audit_entries", column)
