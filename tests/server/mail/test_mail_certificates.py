"""A message goes only to a mail server whose certificate we trust (ASVS V12.3.2)."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.db.database import Database
from server.mail.transports import TransportUnavailableError, smtp_transport
from tests.server.mail.messages import enqueued, worker_for

MAKE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=mail -addext subjectAltName=IP:127.0.0.1"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate; install it")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a self-signed certificate and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key, made, both = folder / "key.pem", folder / "made.pem", folder / "both.pem"
    subprocess.run([*MAKE.split(), "-keyout", key, "-out", made], check=True, capture_output=True)
    both.write_text(key.read_text() + made.read_text())
    return both


@pytest.fixture
async def mail_port(certificate: Path) -> AsyncIterator[int]:
    """Return the port of a mail server that uses TLS with this certificate from the first byte."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ESMTP\r\n")
        while line := await reader.readline():
            writer.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 mail\r\n")
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with await asyncio.start_server(converse, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


def causes(failure: BaseException) -> list[type[BaseException]]:
    """Return the types of a failure and its causes."""
    rest = causes(failure.__cause__) if failure.__cause__ else []
    return [type(failure), *rest]


UNKNOWN = r"cannot be reached: \w+: certificate verify failed \(self-signed certificate\); .*SSL_CERT_FILE"
OTHER_NAME = (
    r"certificate verify failed \(Hostname mismatch, certificate is not valid for 'localhost'\); correct the host"
)


WRONG = {"unknown": ("127.0.0.1", False, UNKNOWN), "made for another name": ("localhost", True, OTHER_NAME)}


@pytest.mark.parametrize("which", WRONG)
async def test_a_mail_server_with_a_wrong_certificate_gets_no_message(
    mail_port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    host, trusted, said = WRONG[which]
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(TransportUnavailableError, match=said) as failure:
        async with smtp_transport(f"smtps://{host}:{mail_port}"):
            pass
    assert ssl.SSLCertVerificationError in causes(failure.value)


async def test_mail_server_with_a_trusted_certificate_gets_messages(
    mail_port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with smtp_transport(f"smtps://127.0.0.1:{mail_port}") as transport:
        assert transport is not None


async def test_missing_tls_and_missing_server_have_different_reasons() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ESMTP\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        with pytest.raises(TransportUnavailableError, match=r"no TLS \(\w+\); compare the scheme and the port"):
            async with smtp_transport(f"smtps://127.0.0.1:{port}"):
                pass
    with pytest.raises(TransportUnavailableError, match="Connect call failed"):
        async with smtp_transport(f"smtps://127.0.0.1:{port}"):
            pass


async def test_worker_logs_the_reason_of_a_certificate_failure(mail_port: int, database: Database) -> None:
    await enqueued(database)
    worker = worker_for(database, f"smtps://127.0.0.1:{mail_port}")
    with capture_logs() as logs:
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(10):
            while not logs:  # noqa: ASYNC110 - the log has no event for it
                await asyncio.sleep(0.01)
            worker.stop()
            await running
    (line,) = logs
    assert line["event"] == "mail server unavailable"
    assert "certificate verify failed (self-signed certificate)" in line["reason"]
    assert "liisa" not in line["reason"]
