"""Drop the proofs of old codes that cost too much to compute, and flag their rows, as an import now does.

Comparing one of them with a new password used to stop every sign-in. The limits are those of
`auth/passwords/wrapped_hashes.py` when this was written.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FLAG = "HASH_TOO_EXPENSIVE"
LAST_FLAGS = "ARRAY['NO_LEGACY_HASH', 'SUPERSEDED', 'ROW_VANISHED']"  # they follow it in every list

_ARGON2 = r"(regexp_match(CASE proof_settings WHEN '' THEN proof_hash ELSE proof_settings END, '\$m=(\d+),t=(\d+),p=(\d+)\$'))"
_MEMORY, _PASSES, _LANES = (f"{_ARGON2}[{part}]::numeric" for part in (1, 2, 3))
_PHPASS_DIGITS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# A cost that cannot be read makes the expression null, so such a proof is dropped too.
_AFFORDABLE = f"""
CASE proof_scheme
    WHEN 'BCRYPT' THEN substring(proof_settings FROM '^\\$2[a-z]?\\$(\\d\\d)\\$')::int <= 14
    WHEN 'PBKDF2_SHA256' THEN substring(proof_settings FROM '^pbkdf2_sha256\\$(\\d+)\\$')::numeric <= 4000000
    WHEN 'PHPASS' THEN strpos('{_PHPASS_DIGITS}', substr(proof_settings, 4, 1)) - 1 BETWEEN 0 AND 20
    WHEN 'ARGON2ID' THEN {_MEMORY} <= 262144 AND {_PASSES} <= 16 AND {_LANES} <= 16 AND {_MEMORY} * {_PASSES} <= 1048576
    ELSE true
END
"""


def upgrade() -> None:
    op.execute(
        f"""
        WITH expensive AS (
            UPDATE legacy_codes SET proof_scheme = NULL, proof_settings = NULL, proof_hash = NULL
            WHERE proof_hash IS NOT NULL AND NOT coalesce({_AFFORDABLE}, false)
            RETURNING service_id, code_key
        )
        UPDATE drop_rows AS r SET flags = {_flagged("flags")}, own_flags = {_flagged("own_flags")}
        FROM expensive AS e WHERE r.service_id = e.service_id AND r.code_key = e.code_key AND r."current"
        """
    )


def downgrade() -> None:
    """Leave the codes without a proof, as an import leaves such codes."""
    op.execute(
        f"UPDATE drop_rows SET flags = array_remove(flags, '{FLAG}'), own_flags = array_remove(own_flags, '{FLAG}') "
        f"WHERE '{FLAG}' = ANY (flags) OR '{FLAG}' = ANY (own_flags)"
    )


def _flagged(column: str) -> str:
    """Return the flags with the new one at its place."""
    flags = f"SELECT flag FROM unnest(r.{column}) WITH ORDINALITY AS f (flag, place) WHERE"
    before = f"ARRAY({flags} NOT flag = ANY ({LAST_FLAGS}) ORDER BY place)"
    after = f"ARRAY({flags} flag = ANY ({LAST_FLAGS}) ORDER BY place)"
    return f"{before} || '{FLAG}'::text || {after}"
