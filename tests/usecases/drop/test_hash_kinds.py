"""Every kind of hash from the services: the right password proves, nothing signs in, only argon2 is kept."""

from pathlib import Path

import bcrypt
import httpx
import pytest
from argon2 import PasswordHasher
from passlib import hash as schemes
from sqlalchemy import select, text

from auth.passwords.wrapped_hashes import LegacyScheme, WrappedHash, hash_matches
from models.account import Account
from models.legacy_code import LegacyCode
from server.db.database import Database
from tests.schema.asking import sign_in
from tests.schema.mutations.account.mailed import tokens
from tests.schema.mutations.account.own_account import codes, do
from tests.usecases.drop.handover import Handover, consumer_file, extranet_file, register_file, smartship_file
from tests.usecases.drop.state import import_rows
from usecases.mail.message_kind import MessageKind

OLD, NEW = "vanhan myllyn kalat uivat", "uuden myllyn kalat lentävät"
EMAIL = "liisa@aho.example"
MAKE = {"EXTRANET": extranet_file, "SMARTSHIP": smartship_file, "OMAPOSTI": consumer_file}
COLUMN = {"EXTRANET": "salasana", "SMARTSHIP": "password_hash", "OMAPOSTI": "hash"}
# The kinds of each service, as in the sample drop.
KINDS: dict[str, tuple[str, str]] = {
    "md5": ("EXTRANET", schemes.hex_md5.hash(OLD)),
    "upper-case md5": ("EXTRANET", schemes.hex_md5.hash(OLD).upper()),
    "sha1": ("EXTRANET", schemes.hex_sha1.hash(OLD)),
    "ssha": ("EXTRANET", schemes.ldap_salted_sha1.hash(OLD)),
    "phpass": ("EXTRANET", schemes.phpass.using(rounds=8).hash(OLD)),
    "bcrypt 2b": ("SMARTSHIP", schemes.bcrypt.using(rounds=4).hash(OLD)),
    "bcrypt 2y": ("SMARTSHIP", bcrypt.hashpw(OLD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")),
    "pbkdf2": ("SMARTSHIP", schemes.django_pbkdf2_sha256.using(rounds=1000).hash(OLD)),
    "sha256": ("SMARTSHIP", schemes.hex_sha256.hash(OLD)),
    "argon2id": ("OMAPOSTI", PasswordHasher(3, 65536, 4).hash(OLD)),
}
# All tables except those of PostgreSQL itself.
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


async def imported(database: Database, folder: Path, kind: str) -> str:
    """Import one code of that kind and return its hash in the file."""
    service, legacy_hash = KINDS[kind]
    drop = Handover(folder).add("REGISTER", register_file(), 1)
    drop.add(
        service,
        MAKE[service]({"email" if service != "EXTRANET" else "sahkoposti": EMAIL, COLUMN[service]: legacy_hash}),
        1,
    )
    await import_rows(database.engine, drop.written())
    return legacy_hash


async def everything(database: Database) -> str:
    async with database.sessions() as db:
        tables = list(await db.scalars(text(TABLES)))
        rows = [await db.execute(text(f'SELECT t::text FROM "{table}" t')) for table in tables]
        return "\n".join(row for found in rows for row in found.scalars())


@pytest.mark.parametrize("kind", KINDS)
async def test_b78_imported_hash_proves_by_password_and_is_kept_as_argon2(
    database: Database, tmp_path: Path, kind: str
) -> None:
    legacy_hash = await imported(database, tmp_path, kind)
    async with database.sessions() as db:
        code = (await db.scalars(select(LegacyCode))).one()
        account = (await db.scalars(select(Account))).one()
    assert account.password_hash is None, "an old hash is refused as a new password"
    assert code.proof_hash is not None
    assert code.proof_hash.startswith("$argon2id$")
    wrapped = WrappedHash(LegacyScheme(str(code.proof_scheme)), code.proof_settings or "", code.proof_hash)
    assert hash_matches(OLD, wrapped)
    for wrong in (legacy_hash, code.proof_hash, OLD.upper(), OLD + " ", OLD[:-1], ""):
        assert not hash_matches(wrong, wrapped), wrong
    if kind != "argon2id":
        assert legacy_hash.lower() not in (await everything(database)).lower()


@pytest.mark.parametrize("kind", KINDS)
async def test_b78_old_password_and_its_hash_never_sign_in(
    client: httpx.AsyncClient, database: Database, tmp_path: Path, kind: str
) -> None:
    old = [await imported(database, tmp_path, kind), OLD]
    assert [await signs_in(client, password) for password in old] == [False, False]
    await do(client, "passwordResetRequest", {"email": EMAIL})
    (token,) = await tokens(database, MessageKind.PASSWORD_MISSING)
    assert codes(await do(client, "passwordReset", {"token": token, "newPassword": OLD})) == ["PASSWORD_OF_OLD_CODE"]
    assert codes(await do(client, "passwordReset", {"token": token, "newPassword": NEW})) == []
    assert [await signs_in(client, password) for password in [*old, NEW]] == [False, False, True]
    async with database.sessions() as db:
        account = (await db.scalars(select(Account))).one()
    assert str(account.password_hash).startswith("$argon2id$")


async def signs_in(client: httpx.AsyncClient, password: str) -> bool:
    payload = (await sign_in(client, EMAIL, password)).json()["data"]["signIn"]
    return payload["accessToken"] is not None
