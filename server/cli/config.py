"""`omaposti config …`: the settings as this program reads them."""

import json
import os
import re
from dataclasses import asdict, fields, is_dataclass
from typing import Annotated, Any

import typer

from server.config.env import read_settings, variable_of

config = typer.Typer(no_args_is_help=True, help="The settings in force.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]

MASK = "***"
_SECRETS = {"database_url", "smtp_url", "rate_limit_url"}
# Up to the last @, because a password may itself contain one that was not percent-encoded.
_PASSWORD = re.compile(r"(?<=://)([^:/?#]*):.*@", re.DOTALL)
_PARAMETER = re.compile(r"([?&][^=&]*(?:pass|secret|key|token)[^=&]*=)[^&]*", re.IGNORECASE)


@config.command("show")
def config_show(as_json: AsJson = False) -> None:
    """Print every setting, its value and its source; passwords in addresses are masked."""
    shown = {}
    settings = read_settings()
    for setting in fields(settings):
        variable = variable_of(setting.name)
        value = plain(getattr(settings, setting.name))
        if setting.name in _SECRETS and isinstance(value, str):
            value = masked(value)
        shown[variable] = {"value": value, "from": "environment" if variable in os.environ else "default"}
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    for variable, found in shown.items():
        is_set = found["value"] is not None
        typer.echo(f"{variable}={written(found['value'])}\t({found['from']})" if is_set else f"{variable}\t(not set)")


def masked(address: str) -> str:
    """Return an address with its passwords masked."""
    return _PARAMETER.sub(rf"\1{MASK}", _PASSWORD.sub(rf"\1:{MASK}@", address))


def plain(value: Any) -> Any:
    """Return a value as JSON types."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | tuple):
        return sorted(value)
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def written(value: Any) -> str:
    """Return a value as it is written in an environment variable."""
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
