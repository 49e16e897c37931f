"""Log format: one JSON object a line, from us and from libraries, without e-mail addresses."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, sys, structlog
from server.config.logging import configure_logging
from server.config.settings import Settings
configure_logging(Settings(log_format=sys.argv[1]))
try:
    raise RuntimeError("Key (email_key)=(liisa@example.com) exists")
except RuntimeError:
    structlog.get_logger().error("fault", exc_info=True)
    logging.getLogger("uvicorn.error").exception("Exception for %s", "liisa@example.com")
structlog.get_logger().info("request", statements=2)
"""


def written(log_format: str) -> str:
    """Return the log of a process with that log format."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, log_format], capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    return run.stdout


def test_production_log_lines_are_json() -> None:
    fault, of_library, request = (json.loads(line) for line in written("json").splitlines())
    assert (fault["event"], fault["level"]) == ("fault", "error")
    assert fault["exception"].endswith("RuntimeError: Key (email_key)=([e-mail]) exists")
    assert of_library["event"] == "Exception for [e-mail]"
    assert of_library["exception"].endswith("RuntimeError: Key (email_key)=([e-mail]) exists")
    assert (request["event"], request["statements"]) == ("request", 2)
    assert request["timestamp"].endswith("Z")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_log_conceals_email_addresses(log_format: str) -> None:
    text = written(log_format)
    assert "liisa" not in text
    assert "RuntimeError" in text
