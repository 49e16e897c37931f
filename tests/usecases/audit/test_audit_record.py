"""Every process that writes audit records knows all tables, for any order of imports."""

import subprocess
import sys

import pytest

# Ordering the tables resolves every foreign key, as the first flush of a process does.
KNOWS_ALL = (
    "from models.db.base import Base; assert 'sessions' in {table.name for table in Base.metadata.sorted_tables}"
)


@pytest.mark.parametrize("entry", ["server.app", "usecases.session.sign_in", "usecases.account.staff", "usecases.demo"])
def test_every_foreign_key_leads_to_a_known_table(entry: str) -> None:
    program = f"import {entry}; {KNOWS_ALL}"
    alone = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert alone.returncode == 0, alone.stderr
