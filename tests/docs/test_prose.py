"""README.md and docs/**/*.md are plain technical English: short sentences, and one word for one thing."""

import re

import pytest

from tests.docs.page import Page, pages

PROSE = {page.name: page for page in pages()}
LONGEST = 25  # words of a sentence
FORBIDDEN = re.compile(
    r"\b(she|hers?|herself|he|his|letters?|deeds?|throttles?|dear"
    r"|whoever|whatever|nobody's|anew|such as have|the one that)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", PROSE)
def test_prose_has_short_sentences_in_the_projects_words(name: str) -> None:
    assert faults_of_prose(PROSE[name]) == []


def test_riddles_and_long_sentences_are_found() -> None:
    page = Page(
        "x.md", f"Whoever reads her letter does the deed.\n\n{'very ' * 24}long one.\n\n| letter |\n|---|\n| she |"
    )
    assert faults_of_prose(page) == [
        "1 says Whoever, her, letter, deed",
        "3 has a sentence of 26 words: very very very …",
    ]


def faults_of_prose(page: Page) -> list[str]:
    """Return a line for each paragraph with forbidden words, and for each sentence that is too long."""
    faults = []
    for line, text in page.prose:
        found = FORBIDDEN.findall(text)
        faults += [f"{line} says {', '.join(found)}"] if found else []
        for sentence in re.split(r"(?<=[.!?])\s", text):
            words = re.findall(r"[\w'’/-]+", sentence)
            if len(words) > LONGEST:
                faults.append(f"{line} has a sentence of {len(words)} words: {' '.join(words[:3])} …")
    return faults
