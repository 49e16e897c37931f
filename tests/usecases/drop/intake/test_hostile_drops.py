"""Hostile manifests and files: refused at once with one line that tells the remedy, and nothing is written."""

import asyncio
import json
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.db.database import Database
from tests.usecases.drop.handover import SAMPLE, Handover, consumer_file, extranet_file
from tests.usecases.drop.state import import_rows, state_of
from usecases.drop.base.errors import DropRefusedError
from usecases.drop.base.manifest import open_drop
from usecases.drop.import_drop import imported_drop

MANIFEST: dict[str, Any] = json.loads((SAMPLE / "manifest.json").read_text())
AT_ONCE = 10  # seconds, for refusals that must not wait

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**31 - 2, max_value=2**70),
    st.floats(),
    st.text(),
    st.sampled_from(
        ["\ud800", "\0", "..", "../x", "/etc/passwd", "a\nb", "\x1b[2J", "[red]", "x" * 300, "manifest.json"]
    ),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2020-02-28T23:10:00"]),
    st.recursive(st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a JSON value as its container and key."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in ((value, key), *places(value[key]))]


@st.composite
def mutated_manifests(draw: st.DrawFn) -> bytes:
    """Draw a manifest with some values changed, removed or added, and sometimes damaged bytes."""
    manifest = json.loads(json.dumps(MANIFEST))
    for _ in range(draw(st.integers(0, 3))):
        container, key = draw(st.sampled_from(places(manifest)))
        action = draw(st.sampled_from(["change", "change", "remove", "add"]))
        if action == "change":
            container[key] = draw(odd)
        elif action == "remove":
            del container[key]
        elif isinstance(container, dict):
            container[draw(st.text())] = draw(odd)
        else:
            container.append(container[key])
        if not manifest:
            break
    raw = json.dumps(manifest).encode()
    if draw(st.booleans()):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=4)) + raw[at + draw(st.integers(0, 4)) :]
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + raw


def refused(error: DropRefusedError) -> str:
    message = str(error)
    assert message.isprintable()
    assert len(message) < 1_000
    return message


@given(mutated_manifests())
@settings(max_examples=500, deadline=None)
def test_any_manifest_is_read_or_refused_in_one_line(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.json").write_bytes(raw)
        try:
            open_drop(Path(folder))
        except DropRefusedError as error:
            refused(error)


async def test_any_accepted_manifest_is_imported_or_refused(database: Database, tmp_path: Path) -> None:
    """A dry run follows each manifest through the whole import; the files stay those of the sample."""
    for file in MANIFEST["files"]:
        (tmp_path / file["name"]).write_bytes((SAMPLE / file["name"]).read_bytes())
    before = await state_of(database.engine)
    loop = asyncio.get_running_loop()

    async def import_one(raw: bytes) -> None:
        (tmp_path / "manifest.json").write_bytes(raw)
        try:
            async with imported_drop(database.engine, tmp_path, dry_run=True) as report:
                json.dumps([await report.summary(), [row async for row in report.rows()]], ensure_ascii=False).encode()
        except DropRefusedError as error:
            refused(error)

    @given(mutated_manifests())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def import_any(raw: bytes) -> None:
        asyncio.run_coroutine_threadsafe(import_one(raw), loop).result()

    await asyncio.to_thread(import_any)
    assert await state_of(database.engine) == before


def as_pipe(path: Path) -> None:
    os.mkfifo(path)


def as_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as unix:
        folder = Path.cwd()
        os.chdir(path.parent)  # the path of a socket may have 107 bytes only
        try:
            unix.bind(path.name)
        finally:
            os.chdir(folder)


def as_loop(path: Path) -> None:
    path.symlink_to(path)


def as_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


SPECIAL: dict[str, Callable[[Path], None]] = {
    "a pipe": as_pipe,
    "a socket": as_socket,
    "a folder": Path.mkdir,
    "a loop of links": as_loop,
    "a link to a device": as_device,
}


@pytest.mark.parametrize("kind", SPECIAL)
async def test_manifest_that_is_no_ordinary_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    SPECIAL[kind](tmp_path / "manifest.json")
    async with asyncio.timeout(AT_ONCE):
        with pytest.raises(DropRefusedError, match=r"cannot read .*manifest\.json"):
            await asyncio.to_thread(open_drop, tmp_path)


@pytest.mark.parametrize("kind", SPECIAL)
async def test_data_file_that_is_no_ordinary_file_is_refused_at_once(
    kind: str, database: Database, tmp_path: Path
) -> None:
    drop = Handover(tmp_path).add("EXTRANET", extranet_file({}), 1).add("OMAPOSTI", consumer_file({}), 1).written()
    (drop / "extranet-1").unlink()
    SPECIAL[kind](drop / "extranet-1")
    async with asyncio.timeout(AT_ONCE), imported_drop(database.engine, drop) as report:
        codes = [file.fault_code for file in await report.files()]
    assert codes == ["MISSING" if (drop / "extranet-1").is_symlink() else "UNREADABLE", None]


async def test_data_file_with_a_name_too_long_for_a_disk_is_refused(database: Database, tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("OMAPOSTI", consumer_file({}), 1)
    drop.manifest["files"][0]["name"] = "ä" * 200  # 400 bytes
    async with imported_drop(database.engine, drop.written()) as report:
        assert [file.fault_code for file in await report.files()] == ["UNREADABLE"]


@pytest.mark.parametrize("year", ["0001", "1970", "9999"])
def test_drop_produced_in_an_impossible_year_is_refused(year: str, tmp_path: Path) -> None:
    drop = Handover(tmp_path, produced_at=f"{year}-01-01T00:00:00+02:00").add("OMAPOSTI", consumer_file({}), 1)
    with pytest.raises(DropRefusedError, match="producedAt must be between 1971 and now; ask the sender to correct it"):
        open_drop(drop.written())


@pytest.mark.parametrize("depth", [400, 600, 900])
async def test_deeply_nested_row_is_rejected_alone(depth: int, database: Database, tmp_path: Path) -> None:
    deep = b'{"omapostiId": "c-9\\u0061", "emailVerified": "' + b'", "x": ' + b"[" * depth + b"]" * depth + b"}\n"
    content = consumer_file(*({"omapostiId": f"c-{n}", "email": f"c{n}@x.example"} for n in range(4))) + deep
    rows = await import_rows(database.engine, Handover(tmp_path).add("OMAPOSTI", content, 5).written())
    assert [row["outcome"] for row in rows] == ["IMPORT_CONSUMER"] * 4 + ["REJECT_ROW"]


async def test_unlisted_name_that_is_not_utf_8_can_be_printed(tmp_path: Path) -> None:
    drop = Handover(tmp_path).add("OMAPOSTI", consumer_file({}), 1).written()
    Path(os.fsdecode(os.fsencode(drop) + b"/\xe4\n\x1b[2J")).touch()
    assert open_drop(drop).unlisted == ["\\udce4\\n\\x1b[2J"]
