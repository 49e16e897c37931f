"""Every outcome, flag and fault that an import can give is explained."""

import re
from pathlib import Path

import pytest

import usecases.drop
from models.drop import Outcome
from usecases.drop.base.flags import Flag
from usecases.drop.report.explanation import NAMES, UnknownNameError, explanation
from usecases.drop.report.flag_meanings import FLAGS
from usecases.drop.report.outcome_meanings import FAULTS, OUTCOMES


def test_every_outcome_and_flag_has_its_meaning() -> None:
    assert list(OUTCOMES) == list(Outcome)
    assert list(FLAGS) == list(Flag)


def test_every_fault_that_is_raised_has_its_meaning() -> None:
    sources = Path(usecases.drop.__file__).parent.rglob("*.py")
    raised = {code for path in sources for code in re.findall(r'FileFaultError\(\s*"([A-Z_]+)"', path.read_text())}
    assert raised == set(FAULTS)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_explained_in_any_case_and_with_a_detail(name: str) -> None:
    told = explanation(name)
    assert told.startswith(f"{name} (")
    assert explanation(f" {name.lower()}:c-1001 ") == told


def test_unknown_name_gets_names_that_are_spelt_alike() -> None:
    with pytest.raises(UnknownNameError) as unknown:
        explanation("email_multipel")
    assert unknown.value.nearest[0] == "EMAIL_MULTIPLE"
