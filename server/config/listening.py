"""Opens the listening sockets first, so that nothing is announced or prepared when another server has the port."""

import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from server.config.errors import CommandFailedError
from server.config.settings import Settings

BACKLOG = 2048  # connections that may wait while the server starts
_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


@contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Listen at each address of OMAPOSTI_HOST until the end of the block.

    Raises CommandFailedError in one line when the port is taken or the address is not ours.
    """
    with ExitStack() as opened:
        sockets: list[socket.socket] = []
        failures: list[OSError] = []
        for family, address in _addresses(settings):
            listener = opened.enter_context(socket.socket(family, socket.SOCK_STREAM))
            try:
                # With port 0, all addresses use the port that the first one was given.
                port = sockets[0].getsockname()[1] if sockets else settings.port
                _listen(listener, (address[0], port, *address[2:]))
                sockets.append(listener)
            except OSError as failure:
                failures.append(failure)
        # A name may resolve to an address that this machine does not have, as localhost to ::1 without IPv6.
        if refused := [failure for failure in failures if not sockets or failure.errno not in _NOT_HERE]:
            raise _explained(refused[0], settings)
        yield sockets


def _addresses(settings: Settings) -> list[tuple[socket.AddressFamily, tuple[Any, ...]]]:
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as unknown:
        raise CommandFailedError(
            f"the host {settings.host} cannot be resolved ({unknown.strerror}); correct OMAPOSTI_HOST"
        ) from None
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _listen(listener: socket.socket, address: tuple[Any, ...]) -> None:
    # Otherwise connections of a server that has just stopped block the port for a minute.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(address)
    listener.listen(BACKLOG)


def _explained(failure: OSError, settings: Settings) -> CommandFailedError:
    said = {
        errno.EADDRINUSE: f"the port {settings.port} is taken on {settings.host}; stop the other server, or set "
        "OMAPOSTI_PORT to another port",
        errno.EADDRNOTAVAIL: f"{settings.host} is no address of this machine; set OMAPOSTI_HOST to one, or to 0.0.0.0 "
        "for all of them",
        errno.EACCES: f"the system does not give port {settings.port} to this user; set OMAPOSTI_PORT to 1024 or more",
    }
    other = f"cannot listen on {settings.host} port {settings.port} ({failure.strerror}); correct OMAPOSTI_HOST"
    return CommandFailedError(said.get(failure.errno or 0, other))
