"""Chain many entries of one transaction in one pass; the trigger chains the entries that no pass has chained."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Text that is hashed into a link, as in docs/decisions/0007-audit-chain.md. STABLE like the functions it calls: a
# stricter promise would prevent inlining, and call it for each entry instead.
SPELLED = """
CREATE FUNCTION audit_spelled(
    lane smallint, place bigint, entry audit_entries, origin_digest bytea, changes_digest bytea
) RETURNS bytea LANGUAGE sql STABLE RETURN convert_to(jsonb_build_array(
    lane, place, (entry).id, (extract(epoch FROM (entry).at) * 1000000)::bigint, (entry).action, (entry).result,
    (entry).actor_id, (entry).actor_name, (entry).subject_id, (entry).organization_id, (entry).session_id,
    (entry).request_id, encode(origin_digest, 'hex'), encode(changes_digest, 'hex')
)::text, 'UTF8')
"""
DIGESTS = "ALTER FUNCTION audit_digest(uuid, jsonb) STABLE"

# For transactions with many entries; call it last before the commit, because it holds the lane from here on. It chains
# only entries that are written and not chained yet, so it leaves no gap and chains no entry twice.
CHAIN_MANY = """
CREATE FUNCTION chain_audit_entries(entry_ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    its_lane smallint;
BEGIN
    FOR its_lane IN
        SELECT DISTINCT audit_lane(id, actor_id, actor_name, subject_id) FROM audit_entries
        WHERE id = ANY (entry_ids) ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(20261125, its_lane);
        PERFORM chain_in_lane(its_lane, entry_ids);
    END LOOP;
END $$
"""

# Called as a separate statement when the lane is held, so that it sees the commit of the former holder.
CHAIN_IN_LANE = """
CREATE FUNCTION chain_in_lane(its_lane smallint, entry_ids uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place bigint;
    former bytea;
    link record;
    ids uuid[] := '{}';
    origin_digests bytea[] := '{}';
    changes_digests bytea[] := '{}';
    hashes bytea[] := '{}';
BEGIN
    SELECT position, hash INTO place, former FROM audit_links WHERE lane = its_lane ORDER BY position DESC LIMIT 1;
    place := coalesce(place, 0);
    former := coalesce(former, decode(repeat('00', 32), 'hex'));
    FOR link IN
        SELECT d.id, d.origin_digest, d.changes_digest, audit_spelled(
            its_lane, place + row_number() OVER (ORDER BY d.id), d.entry, d.origin_digest, d.changes_digest
        ) AS spelled
        FROM (
            SELECT e.id, e AS entry, audit_digest(e.changes_salt, e.changes) AS changes_digest,
                audit_digest(e.origin_salt, jsonb_build_array(e.address, e.user_agent)) AS origin_digest
            FROM audit_entries AS e
            WHERE e.id = ANY (entry_ids) AND audit_lane(e.id, e.actor_id, e.actor_name, e.subject_id) = its_lane
                AND NOT EXISTS (SELECT 1 FROM audit_links AS l WHERE l.entry_id = e.id)
            OFFSET 0
        ) AS d
        ORDER BY d.id
    LOOP
        former := sha256(former || link.spelled);
        ids := array_append(ids, link.id);
        origin_digests := array_append(origin_digests, link.origin_digest);
        changes_digests := array_append(changes_digests, link.changes_digest);
        hashes := array_append(hashes, former);
    END LOOP;
    INSERT INTO audit_links (lane, position, entry_id, origin_digest, changes_digest, hash)
    SELECT its_lane, place + l.number, l.id, l.origin_digest, l.changes_digest, l.hash
    FROM unnest(ids, origin_digests, changes_digests, hashes) WITH ORDINALITY
        AS l (id, origin_digest, changes_digest, hash, number);
END $$
"""

CHAIN = """
CREATE OR REPLACE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    its_lane smallint;
    place bigint;
    former bytea;
    origin_digest bytea;
    changes_digest bytea;
BEGIN
    IF EXISTS (SELECT 1 FROM audit_links WHERE entry_id = NEW.id) THEN
        RETURN NULL;
    END IF;
    its_lane := audit_lane(NEW.id, NEW.actor_id, NEW.actor_name, NEW.subject_id);
    origin_digest := audit_digest(NEW.origin_salt, jsonb_build_array(NEW.address, NEW.user_agent));
    changes_digest := audit_digest(NEW.changes_salt, NEW.changes);
    PERFORM pg_advisory_xact_lock(20261125, its_lane);
    SELECT position, hash INTO place, former FROM audit_links WHERE lane = its_lane ORDER BY position DESC LIMIT 1;
    place := coalesce(place, 0) + 1;
    INSERT INTO audit_links (lane, position, entry_id, origin_digest, changes_digest, hash)
    VALUES (its_lane, place, NEW.id, origin_digest, changes_digest, sha256(
        coalesce(former, decode(repeat('00', 32), 'hex'))
        || audit_spelled(its_lane, place, NEW, origin_digest, changes_digest)
    ));
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    for statement in (SPELLED, DIGESTS, CHAIN_IN_LANE, CHAIN_MANY, CHAIN):
        op.execute(statement)


FORMER_CHAIN = """
CREATE OR REPLACE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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


def downgrade() -> None:
    op.execute(FORMER_CHAIN)
    op.execute("DROP FUNCTION chain_audit_entries(uuid[])")
    op.execute("DROP FUNCTION chain_in_lane(smallint, uuid[])")
    op.execute("ALTER FUNCTION audit_digest(uuid, jsonb) IMMUTABLE")
    op.execute("DROP FUNCTION audit_spelled(smallint, bigint, audit_entries, bytea, bytea)")
