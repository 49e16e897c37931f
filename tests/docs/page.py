"""Pages of the documentation: README.md and docs/**/*.md, parsed as Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

PROJECT = Path(__file__).parents[2]
MARKDOWN = MarkdownIt("commonmark").enable("table")
SOURCE = re.compile(r'(?:src|srcset|href)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code; `kind` is the word after its fence, None for an indented block."""

    kind: str | None
    text: str
    line: int
    follows: "Block | None"  # the block directly above, with no prose between


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its name in the project, and its Markdown."""

    name: str
    text: str

    @property
    def tokens(self) -> list[Token]:
        """Return the parsed page."""
        return MARKDOWN.parse(self.text)

    @property
    def blocks(self) -> list[Block]:
        """Return the blocks of code in their order."""
        blocks: list[Block] = []
        former: Block | None = None
        for token in self.tokens:
            block = None
            if token.type in {"fence", "code_block"} and token.map:
                kind = token.info.strip() if token.type == "fence" else None
                block = Block(kind, token.content, token.map[0] + 1, former)
                blocks.append(block)
            former = block
        return blocks

    @property
    def links(self) -> list[str]:
        """Return the targets of links and images, in Markdown and in HTML."""
        targets = [
            str(t.attrs.get("href") or t.attrs.get("src")) for t in self.inline if t.type in {"link_open", "image"}
        ]
        html = [t.content for t in [*self.tokens, *self.inline] if t.type in {"html_block", "html_inline"}]
        return targets + [target for part in html for target in SOURCE.findall(part)]

    @property
    def anchors(self) -> set[str]:
        """Return the anchors that GitHub gives the headings."""
        headings = [after.content for token, after in pairwise(self.tokens) if token.type == "heading_open"]
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    @property
    def code_words(self) -> list[str]:
        """Return the text between backticks in prose and tables."""
        return [token.content for token in self.inline if token.type == "code_inline"]

    @property
    def prose(self) -> Iterator[tuple[int, str]]:
        """Yield each paragraph outside tables with its line; code words are replaced by `x`."""
        in_table = False
        for token in self.tokens:
            in_table = token.type == "table_open" or (in_table and token.type != "table_close")
            if token.type == "inline" and token.map and not in_table:
                yield token.map[0] + 1, "".join(map(_spoken, token.children or []))

    @property
    def inline(self) -> list[Token]:
        """Return all text, links and code of paragraphs, headings and cells."""
        return [child for token in self.tokens if token.type == "inline" for child in token.children or []]


def pages() -> list[Page]:
    """Return README.md and every page under docs/."""
    paths = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
    return [Page(path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def _spoken(token: Token) -> str:
    """Return a piece of a paragraph as plain text."""
    spoken = {"code_inline": "x", "softbreak": " ", "text": token.content}
    return spoken.get(token.type, "")
