"""TCP proxy to the database that a test can cut and restore, to simulate a stop and start of PostgreSQL."""

import asyncio
from urllib.parse import parse_qs, urlsplit, urlunsplit


class DatabaseLine:
    """Forwards a local port to the database of a DSN while it is open."""

    def __init__(self, dsn: str) -> None:
        self._parts = urlsplit(dsn)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._port = 0
        self._flows = asyncio.Event()
        self._flows.set()
        self.latency = 0.0  # seconds added in each direction

    async def open(self) -> str:
        """Accept connections and return the proxy's DSN; the port stays the same."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        user = self._parts.username or "postgres"
        return urlunsplit(self._parts._replace(netloc=f"{user}@127.0.0.1:{self._port}", query=""))

    async def cut(self) -> None:
        """Drop all connections and accept no more."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)
        self._writers.clear()

    def hold(self) -> None:
        """Keep connections but pass nothing on, as when PostgreSQL hangs or the network loses packets."""
        self._flows.clear()

    def let_flow(self) -> None:
        """Pass data on again."""
        self._flows.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        folder = parse_qs(self._parts.query).get("host")
        if folder:
            there = await asyncio.open_unix_connection(f"{folder[0]}/.s.PGSQL.{self._parts.port or 5432}")
        else:
            there = await asyncio.open_connection(self._parts.hostname, self._parts.port or 5432)
        self._writers |= {writer, there[1]}
        await asyncio.gather(self._copy(reader, there[1]), self._copy(there[0], writer), return_exceptions=True)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._flows.wait()
                await asyncio.sleep(self.latency)
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
