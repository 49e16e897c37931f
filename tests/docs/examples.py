"""Runs the examples of a page as a reader would, and compares the output (decision 27)."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import httpx

from server.config.env import SettingsError, read_settings, variable_of
from server.config.settings import Settings
from tests.docs.page import PROJECT, Block, Page
from usecases.demo import PASSWORD

RUN = {"sh", "graphql", "dotenv"}
OUTPUT = {"json", "text"}
SHOWN = {"conf", "formula"}  # configuration of other programs and formulas: not run
PATIENCE = 60  # seconds for all commands of one page
COMMENT = re.compile(r"(^|\s)#", re.MULTILINE)
AS = re.compile(r"# As (\S+@demo\.example)\b")
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }"


@dataclass(frozen=True, slots=True)
class Example:
    """A block that runs, and the block below it that shows its output."""

    block: Block
    output: Block | None


@dataclass(frozen=True, slots=True)
class Served:
    """A served demo: the port that stands for 8000, and its database."""

    port: int
    dsn: str

    @property
    def url(self) -> str:
        """Return the address of the API."""
        return f"http://localhost:{self.port}/graphql"


def faults_of_page(page: Page, served: Served) -> list[str]:
    """Return a line for each block that breaks the convention or behaves otherwise than the page shows."""
    named = [*faults_of_form(page), *_faults_of_commands(page, served)]
    named += [fault for example in _examples(page, "graphql") for fault in _faults_of_query(example, served)]
    named += [fault for example in _examples(page, "dotenv") for fault in _faults_of_settings(example.block)]
    return [f"{page.name}:{fault}" for fault in named]


def faults_of_form(page: Page) -> Iterator[str]:
    """Yield a fault for each block whose form does not allow running or comparing it."""
    for block in page.blocks:
        if block.kind not in RUN | OUTPUT | SHOWN:
            yield f"{block.line} a block is fenced, and its kind is one of {', '.join(sorted(RUN | OUTPUT | SHOWN))}"
        elif block.kind in OUTPUT and (block.follows is None or block.follows.kind not in {"sh", "graphql"}):
            yield f"{block.line} a {block.kind} block shows the output of the sh or graphql block directly above it"
        elif block.kind == "sh" and COMMENT.search(block.text):
            yield f"{block.line} a comment in a sh block: zsh takes it for a command when it is pasted"


def missing_targets(text: str) -> list[str]:
    """Return the targets of `make` in the text that the Makefile lacks; words in capitals are placeholders."""
    targets = {word for words in re.findall(r"^make((?: [\w./=-]+)*)", text, re.MULTILINE) for word in words.split()}
    return [
        target for target in sorted(targets) if "=" not in target and not target.isupper() and not _can_be_made(target)
    ]


def alike(shown: Any, said: Any) -> bool:
    """Return whether a parsed answer equals the shown one; … in a string matches any text."""
    if isinstance(shown, str):
        return isinstance(said, str) and _matches(shown, said)
    if isinstance(shown, dict):
        return isinstance(said, dict) and shown.keys() == said.keys() and all(alike(shown[k], said[k]) for k in shown)
    if isinstance(shown, list):
        return isinstance(said, list) and len(shown) == len(said) and all(map(alike, shown, said))
    return bool(shown == said)


def alike_text(shown: str, said: str) -> bool:
    """Return whether texts are equal except for spaces; a line with only … matches any number of lines."""
    lines = [" ".join(line.split()) for line in shown.strip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else _pattern(line) + "\n" for line in lines)
    return re.fullmatch(pattern, "".join(" ".join(line.split()) + "\n" for line in said.splitlines())) is not None


def _examples(page: Page, kind: str) -> list[Example]:
    blocks = page.blocks
    outputs = {block.follows.line: block for block in blocks if block.kind in OUTPUT and block.follows}
    return [Example(block, outputs.get(block.line)) for block in blocks if block.kind == kind]


def _faults_of_commands(page: Page, served: Served) -> Iterator[str]:
    """Run the page's sh blocks in one shell, so that variables of one block are known in the next."""
    examples = _examples(page, "sh")
    for example in examples:
        for target in missing_targets(example.block.text):
            yield f"{example.block.line} `make {target}`: the Makefile has no such target"
    with tempfile.TemporaryDirectory() as folder:
        code = _run([_runnable(example.block.text, served) for example in examples], served, Path(folder))
        printed = sorted(Path(folder).glob("*.out"))
        for example, file in zip(examples, printed, strict=False):
            yield from _faults_of_output(example, file.read_text())
        if code:
            complaint = printed[-1].with_suffix(".err").read_text().strip()
            yield f"{examples[len(printed) - 1].block.line} exit code {code}: {complaint}"


def _runnable(text: str, served: Served) -> str:
    """Return a block for this server, without `make`: targets have tests of their own."""
    kept = re.sub(r"^make\b.*$", ":", text, flags=re.MULTILINE)
    return kept.replace("localhost:8000", f"localhost:{served.port}")


def _run(blocks: list[str], served: Served, folder: Path) -> int:
    """Run the blocks until one fails, and return its exit code; their output goes to NNN.out and NNN.err."""
    files = [folder / f"{number:03}" for number in range(len(blocks))]
    script = "".join(f"{{\n{text}\n}} > {file}.out 2> {file}.err\n" for text, file in zip(blocks, files, strict=True))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OMAPOSTI_")}
    ran = subprocess.run(
        ["sh", "-euc", script],
        cwd=PROJECT,
        env=environment | {"DATABASE_URL": served.dsn},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return ran.returncode


def _faults_of_query(example: Example, served: Served) -> Iterator[str]:
    """Run a graphql block, as the member of the demo cast that its first line names."""
    with httpx.Client(headers={"Accept-Language": "en"}) as client:
        named = AS.match(example.block.text)
        if named:
            answer = _ask(client, served, SIGN_IN, {"email": named[1], "password": PASSWORD, "transport": "TOKEN"})
            client.headers["Authorization"] = f"Bearer {answer['data']['signIn']['accessToken']}"
        answer = _ask(client, served, example.block.text)
    yield from _faults_of_output(example, json.dumps(answer))


def _ask(client: httpx.Client, served: Served, query: str, given: dict[str, str] | None = None) -> Any:
    return client.post(served.url, json={"query": query, "variables": {"input": given}}).json()


def _faults_of_settings(block: Block) -> Iterator[str]:
    """Yield a fault for each unknown setting and each invalid value."""
    written = dict(line.split("=", 1) for line in block.text.splitlines() if line)
    known = {variable_of(setting.name) for setting in fields(Settings)}
    yield from (f"{block.line} {name} is no setting" for name in written if name not in known)
    try:
        read_settings({name: value.strip("'\"") for name, value in written.items()})
    except SettingsError as wrong:
        yield f"{block.line} {wrong}"


def _faults_of_output(example: Example, said: str) -> Iterator[str]:
    """Compare the output of an example with the block below it."""
    if example.output is None:
        if said.strip():
            yield f"{example.block.line} its output is not shown below it: {said}"
    elif not (_alike_json if example.output.kind == "json" else alike_text)(example.output.text, said):
        yield f"{example.output.line} not as shown, but: {said}"


def _alike_json(shown: str, said: str) -> bool:
    try:
        return alike(json.loads(shown), json.loads(said))
    except json.JSONDecodeError:
        return False


def _can_be_made(target: str) -> bool:
    made = subprocess.run(["make", "-n", target], cwd=PROJECT, capture_output=True, check=False)
    return made.returncode == 0


def _matches(shown: str, said: str) -> bool:
    return re.fullmatch(_pattern(shown), said, re.DOTALL) is not None


def _pattern(shown: str) -> str:
    return ".*".join(map(re.escape, shown.split("…")))
