"""Reads the settings from the environment; an error names each wrong variable and a correct value."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from server.config.settings import Settings

PREFIX = "OMAPOSTI_"
OF_TESTS = "OMAPOSTI_TEST_"
_PLAIN = (str, int, float, Path, NoneType)  # types of defaults that print as they are; others print as JSON


class SettingsError(ValueError):
    """Settings are wrong; the message is one line that names each of them and a correct value."""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings; raises SettingsError."""
    types = get_type_hints(Settings, include_extras=True)
    given, wrong = {}, []
    for field in fields(Settings):
        variable = variable_of(field.name)
        if variable not in environment:
            continue
        wanted = types[field.name]
        in_json = not isinstance(field.default, _PLAIN)
        try:
            given[field.name] = _checked((_from_json if in_json else _from_text)(environment[variable], wanted), wanted)
        except (ValueError, msgspec.MsgspecError) as error:
            wrong.append(f"{variable}: write {_advice(wanted)}" + (f" ({error})" if in_json else ""))
    if wrong:
        raise SettingsError("; ".join(wrong))
    return Settings(**given)


def variable_of(setting: str) -> str:
    """Return the environment variable of a setting."""
    return "DATABASE_URL" if setting == "database_url" else PREFIX + setting.upper()


def misspelt(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a line for each unknown OMAPOSTI_ variable, with the most similar setting."""
    known = {variable_of(field.name) for field in fields(Settings)}
    ours = [name for name in sorted(environment) if _ending(name) != name.upper().replace("_", "")]
    return [_correction(name, known) for name in ours if name not in known and not name.startswith(OF_TESTS)]


def _correction(name: str, known: set[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only needed for a misspelt name

    endings = {_ending(variable): variable for variable in known}
    nearest = get_close_matches(_ending(name), endings, n=1)
    advice = f"did you mean {endings[nearest[0]]}?" if nearest else "docs/settings.md lists the settings"
    return f"{name if name.isprintable() else ascii(name)} is no setting and changes nothing; {advice}"


def _ending(name: str) -> str:
    return name.upper().replace("_", "").removeprefix("OMAPOSTI")


def _from_text(text: str, wanted: Any) -> Any:
    return msgspec.convert(text, wanted, strict=False, dec_hook=_path)


def _path(_: type, written: str) -> Path:
    if not written:
        raise ValueError("an empty path would be the folder that the command happens to be started in")
    return Path(written)


def _from_json(text: str, wanted: Any) -> Any:
    written = msgspec.json.decode(text)
    value = msgspec.convert(written, wanted, strict=False)
    # Otherwise a misspelt limit silently keeps its default.
    if is_dataclass(value) and (unknown := written.keys() - {field.name for field in fields(value)}):
        raise ValueError(f"nothing is called {', '.join(sorted(unknown))}")
    return value


def _checked(value: Any, wanted: Any) -> Any:
    for rule in _rules(wanted):
        rule(value)
    return value


def _rules(wanted: Any) -> list[Callable[[Any], object]]:
    """Return the rules of a type; of an optional type, those of the type inside."""
    within = get_args(wanted) if get_origin(wanted) in {Union, UnionType} else [wanted]
    return [rule for part in within for rule in getattr(part, "__metadata__", ()) if callable(rule)]


def _advice(wanted: Any) -> str:
    """Return the description of a type, or of a type within it: it says which values are valid."""
    if is_dataclass(wanted):
        return f"a JSON object with any of {', '.join(field.name for field in fields(wanted))}"
    described = (part.description for part in getattr(wanted, "__metadata__", ()) if isinstance(part, msgspec.Meta))
    return next(filter(None, described), None) or next(filter(None, map(_advice, get_args(wanted))), "")
