"""User agents: a short name that people recognise, for every possible header."""

import time

import pytest

from models.values.user_agent import LONGEST, device_name, shortened

NAMES = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0": "Firefox, Windows",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36": (
        "Chrome, Linux"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1": "Mobile Safari, iOS",
    "python-httpx/0.27": "python-httpx",
    "OmaPosti/5.1": "OmaPosti",
    "": None,
    "\x7f\x00": None,
    "<script>alert(1)</script>": None,
    "(((((": None,
}


@pytest.mark.parametrize("user_agent", NAMES)
def test_device_name_is_known_to_people(user_agent: str) -> None:
    assert device_name(shortened(user_agent)) == NAMES[user_agent]


def test_empty_user_agent_has_no_name() -> None:
    assert shortened(None) is None
    assert device_name(None) is None


def test_stored_user_agent_is_short_and_printable() -> None:
    kept = shortened("a\r\nBcc: x\N{RIGHT-TO-LEFT OVERRIDE}" + "y" * 5000)
    assert kept is not None
    assert len(kept) <= LONGEST
    assert kept.isprintable()


@pytest.mark.parametrize("piece", ["Mozilla/5.0 (", "; ", "Android ", "a1 ", "(", "Version/1.0 Mobile/"])
def test_hostile_user_agent_costs_milliseconds(piece: str) -> None:
    device_name("warm up")
    started = time.process_time()
    device_name(shortened(piece * 1000))
    assert time.process_time() - started < 0.1
