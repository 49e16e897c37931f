"""Writing check: `python -m tests.writing [PATH ...]` lists texts that break the rules of plain English, and exits 1.

Four rules are kept: opening of the first sentence, words, length of sentences, names of tests. The texts are
docstrings, comments and SDL descriptions in Python, GraphQL files, and Fluent files in English.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
MAX_WORDS = 25  # of a sentence; a code span or a URL is one word
MAX_NAME = 70  # characters of a test's name

PERSON = r"she|hers?|herself|he|him|his|himself"
RIDDLES = r"who(?:m|so)?ever|whatever|such as have|the one that|what is there|nobody'?s|anew"
REPLACED = r"deeds?|dear(?:er|est)?|throttl(?:e[ds]?|ing)|allowances?|loans?"  # by other terms of the dictionary
PRONOUN = re.compile(rf"\b(?:{PERSON})\b", re.IGNORECASE)
FORBIDDEN = re.compile(rf"\b(?:{PERSON}|{RIDDLES}|{REPLACED})\b", re.IGNORECASE)
LETTER = re.compile(r"\bletters?\b", re.IGNORECASE)  # means a message, except in a sentence about characters
CHARACTERS = re.compile(
    r"alphabet|script|latin|greek|cyrillic|ascii|unicode|foreign|compos|character|digit|symbol|\bcase\b|[åäö]", re.I
)
OPENING = re.compile(
    r"\W*(?:(?-i:From)|what|who|whom|whose|whether|whoever|whatever|which|how|where|why)\b", re.IGNORECASE
)
NOT = r"(?:no|not|never|nothing|none|neither|nobody|cannot)"
DOUBLE_NEGATIVE = re.compile(rf"\b{NOT}\b(?:(?! and | or | but ).)*\b(?:{NOT}|without|unless)\b")

LEXEME = re.compile(
    r"'''(?:\\.|[^\\])*?'''|\"\"\"(?P<block>(?:\\.|[^\\])*?)\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\""
    r"|#(?P<comment>[^\n]*)",
    re.DOTALL,
)
FLUENT_COMMENT = re.compile(r"^#+(?P<comment>.*)", re.MULTILINE)
DIRECTIVE = re.compile(r"\s*(?:noqa|type|mypy|ruff|fmt|pragma):[^#]*?(?: - | # |  |$)")
CODE = re.compile(r"`[^`]+`|\bhttps?://\S+|\b[A-Z][A-Z_]{3,}\b")
BLOCK_END = re.compile(r"\n(?=[ \t]*(?:\n|[-*] |\d+[.)] |\|))")  # before a blank line, an item or a row of a table
NOT_PROSE = re.compile(r"\n {4}|\s*\|")  # an indented example, a row of a table
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][)\"'])\s+")


class Text(NamedTuple):
    """A text, and the line of its file on which it begins."""

    line: int
    text: str


class Fault(NamedTuple):
    """A broken rule, and the words that break it."""

    line: int
    rule: str
    text: str


def main(arguments: list[str]) -> int:
    """Print the faults of files and folders, by default of the project; return 1 if there are any."""
    found = 0
    for path in files([Path(argument).resolve() for argument in arguments] or [ROOT]):
        for fault in sorted(READERS[path.suffix](path.read_text(encoding="utf-8"))):
            print(f"{os.path.relpath(path)}:{fault.line}: {fault.rule}: {fault.text}")
            found += 1
    return int(found > 0)


def files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files that have a reader, Fluent files only in English."""
    for path in paths:
        if not path.exists():
            raise SystemExit(f"{path} does not exist; give files or folders")
        found = [path] if path.is_file() else []
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if name != "node_modules" and not name.startswith("."))
            found += [Path(folder, name) for name in sorted(names)]
        yield from (p for p in found if p.suffix in READERS and (p.suffix != ".ftl" or p.parent.name == "en"))


def faults_of_python(source: str) -> Iterator[Fault]:
    """Yield the faults of docstrings, comments, arguments named `description`, and names of tests."""
    texts = list(comments(LEXEME, source))
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                texts += [Text(node.body[0].lineno, said) for said in [ast.get_docstring(node)] if said]
            case ast.keyword(arg="description", value=ast.Constant(value=str(said)) as value):
                texts.append(Text(value.lineno, said))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield from faults_of_name(node.lineno, node.name)
    for text in texts:
        yield from faults_of_prose(text)


def faults_of_graphql(source: str) -> Iterator[Fault]:
    """Yield the faults of comments and of descriptions in block strings."""
    blocks = [Text(line_of(source, m.start()), m["block"]) for m in LEXEME.finditer(source) if m["block"]]
    for text in [*comments(LEXEME, source), *blocks]:
        yield from faults_of_prose(text)


def faults_of_fluent(source: str) -> Iterator[Fault]:
    """Yield the faults of comments, and pronouns of one gender in the texts for people."""
    for text in comments(FLUENT_COMMENT, source):
        yield from faults_of_prose(text)
    texts = FLUENT_COMMENT.sub("", source)
    yield from (Fault(line_of(texts, m.start()), "word", around(m)) for m in PRONOUN.finditer(texts))


READERS = {".py": faults_of_python, ".graphql": faults_of_graphql, ".ftl": faults_of_fluent}


def comments(pattern: re.Pattern[str], source: str) -> Iterator[Text]:
    """Yield the comments; whole lines of comment below one another are one text."""
    block: list[str] = []
    first = below = (0, 0)  # line and column
    for found in pattern.finditer(source):
        if found["comment"] is None:
            continue
        start = source.rfind("\n", 0, found.start()) + 1
        place = (line_of(source, found.start()), found.start() - start)
        if place != below or source[start : found.start()].strip():
            yield Text(first[0], "\n".join(block))
            block, first = [], place
        block.append(DIRECTIVE.sub("", found["comment"], count=1))
        below = (place[0] + 1, place[1])
    yield Text(first[0], "\n".join(block))


def faults_of_prose(text: Text) -> Iterator[Fault]:
    """Yield forbidden openings and words, and sentences that are too long."""
    prose = CODE.sub(lambda code: "x" + "\n" * code[0].count("\n"), text.text)
    if OPENING.match(prose):
        yield Fault(text.line, "opening", shortened(prose))
    for word in FORBIDDEN.finditer(prose):
        yield Fault(text.line + line_of(prose, word.start()) - 1, "word", around(word))
    for offset, sentence in sentences(prose):
        line = text.line + line_of(prose, offset) - 1
        words = [word for word in sentence.split() if any(map(str.isalnum, word))]
        if len(words) > MAX_WORDS:
            yield Fault(line, "sentence", f"{len(words)} words: {shortened(sentence)}")
        if (letter := LETTER.search(sentence)) and not CHARACTERS.search(sentence):
            yield Fault(line, "word", around(letter))


def sentences(prose: str) -> Iterator[tuple[int, str]]:
    """Yield the sentences outside examples and tables, each with its offset."""
    end = 0
    for block in BLOCK_END.split(prose):
        for sentence in map(str.strip, SENTENCE_END.split(block)):
            start = prose.index(sentence, end)
            end = start + len(sentence)
            if not NOT_PROSE.match(block):
                yield start, sentence


def faults_of_name(line: int, name: str) -> Iterator[Fault]:
    """Yield the faults of a test's name: length, opening, double negative, words."""
    said = re.sub(r"^test_(?:b\d\d+_)*", "", name).replace("_", " ")
    if len(name) > MAX_NAME:
        yield Fault(line, "test name", f"{len(name)} characters: {name}")
    if OPENING.match(said) or said.startswith(("nobody", "no one")):
        yield Fault(line, "test name", f"opening: {name}")
    if DOUBLE_NEGATIVE.search(said):
        yield Fault(line, "test name", f"double negative: {name}")
    if (word := FORBIDDEN.search(said)) or ((word := LETTER.search(said)) and not CHARACTERS.search(said)):
        yield Fault(line, "test name", f"“{word[0]}”: {name}")


def line_of(source: str, offset: int) -> int:
    """Return the line at an offset, counted from 1."""
    return source.count("\n", 0, offset) + 1


def around(word: re.Match[str]) -> str:
    """Quote a forbidden word with the words beside it."""
    context = word.string[max(word.start() - 30, 0) : word.end() + 30]
    return f"“{word[0]}” in: … {' '.join(context.split())} …"


def shortened(sentence: str) -> str:
    """Quote the first words of a sentence."""
    return f"{' '.join(sentence.split()[:12])} …"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
