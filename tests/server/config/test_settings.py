"""Settings: all are documented, and a wrong one is named with a correct value."""

import re
from dataclasses import fields, is_dataclass
from ipaddress import ip_network
from pathlib import Path

import pytest

from auth.rate_limits import RateLimits
from schema.engine.limits import Limits
from server.cli.common import clear_failures
from server.config.env import SettingsError, read_settings, variable_of
from server.config.settings import Settings, SocketLimits

DOCUMENT = Path(__file__).parents[3] / "docs" / "settings.md"

NUMBERS = ["0", "-1", "1000001", "many", "", "1.5"]
TIMES = ["0", "-1", "inf", "-inf", "nan", "1e300", "3601", "1s", ""]
SWITCHES = ["yes", "2", "", "on"]
# Unusable values of every setting.
WRONG = {
    "DATABASE_URL": [
        "",
        "mysql://h/d",
        "localhost",
        "postgresql://h:b/d",
        "postgresql://h:0/d",
        "postgresql:///d?port=x",
    ],
    "OMAPOSTI_ENVIRONMENT": ["prod", "Production", ""],
    "OMAPOSTI_HOST": ["", " ", "http://127.0.0.1", "127.0.0.1:8000", "a..b", "-a", "a b"],
    "OMAPOSTI_PORT": ["eighty", "", "-1", "65536", "80.5", " 80"],
    "OMAPOSTI_DATA_DIR": [""],
    "OMAPOSTI_DATABASE_POOLER": ["session", "", "Transaction"],
    "OMAPOSTI_APPLICATION_ROLE": ["", "r" * 64],
    "OMAPOSTI_POOL_SIZE": NUMBERS,
    "OMAPOSTI_POOL_WAIT": TIMES,
    "OMAPOSTI_DEMO": SWITCHES,
    "OMAPOSTI_GRAPHIQL": SWITCHES,
    "OMAPOSTI_INTROSPECTION": SWITCHES,
    "OMAPOSTI_COMPILE_DOCUMENTS": SWITCHES,
    "OMAPOSTI_BODY_LIMIT": ["1023", "0", "-1", "100000001", "1 MB"],
    "OMAPOSTI_TRUSTED_DOCUMENTS": [""],
    "OMAPOSTI_TRUSTED_DOCUMENTS_ONLY": SWITCHES,
    "OMAPOSTI_LIMITS": ["depth=3", "[]", '{"depth": "deep"}', '{"depht": 3}', '{"depth": 101}', '{"depth": true}'],
    "OMAPOSTI_RATE_LIMITS": ['{"mail_to": "often"}', '{"mail": "1 per hour"}', '"1 per hour"', '{"mail_to": 3}'],
    "OMAPOSTI_SOCKET_LIMITS": ['{"message": null}', '{"messages": 1}', '{"message": 1023}', "5"],
    "OMAPOSTI_RATE_LIMIT_URL": [
        "localhost:6379",
        "redis://",
        "redis://mx\n",
        "redis://:b",
        "redis://h:0",
        "redis://h/x",
    ],
    "OMAPOSTI_TRUSTED_PROXIES": ["10.0.0.0/8", '["10.0.0.1/8"]', '["proxy"]', "[10]", '["0.0.0.0/0"]', '["::/0"]'],
    "OMAPOSTI_ALLOWED_ORIGINS": [
        "https://www.example.fi",
        '["*"]',
        '["https://www.example.fi\\n"]',
        '["https://www.example.fi:443"]',
        '["http://a:80"]',
        '["http://a:99999"]',
        '["https://a..b"]',
    ],
    "OMAPOSTI_SLOW_CALLER_TIMEOUT": TIMES,
    "OMAPOSTI_OPERATION_TIMEOUT": TIMES,
    "OMAPOSTI_PUBLIC_URL": [
        "omaposti.example",
        "https://omaposti.example/",
        "https://omaposti.example\n",
        "https://omaposti.example:port",
        "https://omaposti.example:0",
        "https://:443",
        "https://a..b",
    ],
    "OMAPOSTI_SMTP_URL": [
        "mx.example:25",
        "smtp://a@b@mx.example",
        "smtp://mx.example:b",
        "smtp://mx.example:0",
        "smtp://mx.example:65536",
        "smtp://:25",
        "smtp://user:password@:25",
    ],
    "OMAPOSTI_MAIL_FROM": ["OmaPosti", "a@b.example, c@d.example", "", "a@b..c", "a@b.example\nBcc: c@d.example"],
    "OMAPOSTI_MAIL_PER_DOMAIN": NUMBERS,
    "OMAPOSTI_ADMINISTRATOR_RISK_DAYS": ["0", "-1", "1.5", "367", "many", "nan"],
    "OMAPOSTI_CONTACT": ["", "0800 123 456\nBcc: x", "x" * 201],
    "OMAPOSTI_GEOIP_DATABASE": [""],
    "OMAPOSTI_LOG_FORMAT": ["text", ""],
}
MEMBERS = {
    "OMAPOSTI_LIMITS": (Limits, ["0", "-1", "1e9", '"many"', "null"]),
    "OMAPOSTI_SOCKET_LIMITS": (SocketLimits, ["0", "-1", "1e9", '"inf"', '"nan"', "null"]),
    "OMAPOSTI_RATE_LIMITS": (
        RateLimits,
        [
            '"0 per hour"',
            '"-1 per hour"',
            '"5 per 0 hours"',
            '"5"',
            '"5 per hour; 1 per minute"',
            '"5 per fortnight"',
            '""',
        ],
    ),
}
WRONG_MEMBERS = [
    (variable, f'{{"{member.name}": {value}}}', member.name)
    for variable, (kind, values) in MEMBERS.items()
    for member in fields(kind)
    for value in values
]


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    documented = dict(rows)
    defaults = {variable_of(setting.name): setting.default for setting in fields(Settings)}
    assert set(documented) == set(defaults)
    for variable, default in defaults.items():
        if isinstance(default, bool):
            assert documented[variable] == f"`{int(default)}`"
        elif isinstance(default, int | float | str | Path):
            assert documented[variable] in {f"`{default}`", f"`{default:g}`" if isinstance(default, float) else ""}


def test_missing_setting_has_its_default() -> None:
    assert read_settings({"PORT": "80", "OMAPOSTI_NOTHING": "80"}) == Settings()


def test_documented_values_of_settings_are_read() -> None:
    written = {
        "DATABASE_URL": "postgresql://database.example/omaposti",
        "OMAPOSTI_DATA_DIR": "/var/lib/omaposti",
        "OMAPOSTI_PORT": "80",
        "OMAPOSTI_POOL_WAIT": "0.5",
        "OMAPOSTI_DEMO": "1",
        "OMAPOSTI_GRAPHIQL": "0",
        "OMAPOSTI_LIMITS": '{"depth": 7}',
        "OMAPOSTI_RATE_LIMITS": '{"mail_to": "1 per hour"}',
        "OMAPOSTI_SOCKET_LIMITS": '{"init_within": 2}',
        "OMAPOSTI_TRUSTED_PROXIES": '["10.0.0.0/8", "::1"]',
        "OMAPOSTI_ALLOWED_ORIGINS": '["https://www.example.fi", "http://localhost:3000"]',
    }
    assert read_settings(written) == Settings(
        database_url="postgresql://database.example/omaposti",
        data_dir=Path("/var/lib/omaposti"),
        port=80,
        pool_wait=0.5,
        demo=True,
        graphiql=False,
        limits=Limits(depth=7),
        rate_limits=RateLimits(mail_to="1 per hour"),
        socket_limits=SocketLimits(init_within=2.0),
        trusted_proxies=("10.0.0.0/8", "::1"),
        allowed_origins=frozenset({"https://www.example.fi", "http://localhost:3000"}),
    )


def test_every_setting_has_a_wrong_value_in_this_test() -> None:
    assert set(WRONG) == {variable_of(setting.name) for setting in fields(Settings)}
    assert all(WRONG.values())
    objects = {variable_of(s.name) for s in fields(Settings) if is_dataclass(getattr(Settings(), s.name))}
    assert set(MEMBERS) == objects


@pytest.mark.parametrize(("variable", "text", "member"), WRONG_MEMBERS)
def test_a_wrong_part_of_a_setting_is_named(variable: str, text: str, member: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{variable}: write \w.*\b{member}\b.*\Z"):
        read_settings({variable: text})


@pytest.mark.parametrize(("variable", "text"), [(variable, text) for variable in WRONG for text in WRONG[variable]])
def test_wrong_setting_is_named_with_a_correct_value(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{variable}: write \w.*\Z"):
        read_settings({variable: text})


def test_a_wrong_setting_is_named_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMAPOSTI_PORT", "eighty")
    monkeypatch.setenv("OMAPOSTI_LIMITS", '{"depht": 3}')
    with pytest.raises(SystemExit) as stopped, clear_failures():
        read_settings()
    assert re.fullmatch(
        "omaposti: a setting is wrong: OMAPOSTI_PORT: write a port, 0 to 65535; OMAPOSTI_LIMITS: write a JSON object "
        r"with any of tokens, .* \(nothing is called depht\); see docs/settings.md",
        str(stopped.value),
    )


ADDRESSES = {
    "database_url": "postgresql://me:bird@cage.example/d",
    "rate_limit_url": "redis://:bird@cage.example",
    "smtp_url": "smtp://me:bird@cage.example",
}


@pytest.mark.parametrize("setting", ADDRESSES)
def test_no_password_in_an_address_is_shown(setting: str) -> None:
    address = ADDRESSES[setting]
    assert "bird" not in repr(read_settings({variable_of(setting): address}))
    for wrong in (f"x{address}", address.replace("@cage.example", "")):
        with pytest.raises(SettingsError) as refused:
            read_settings({variable_of(setting): wrong})
        assert "bird" not in str(refused.value)


def test_advice_on_a_list_is_a_valid_value() -> None:
    for variable, check in (("OMAPOSTI_TRUSTED_PROXIES", ip_network), ("OMAPOSTI_ALLOWED_ORIGINS", str)):
        with pytest.raises(SettingsError) as refused:
            read_settings({variable: "?"})
        example = re.search(r"\[.*?\]", str(refused.value))
        assert example is not None
        accepted = read_settings({variable: example.group()})
        assert [check(each) for each in accepted.trusted_proxies or accepted.allowed_origins]
