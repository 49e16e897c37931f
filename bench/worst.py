"""Search for the most expensive accepted document: the upper limit of what one request can cost.

Documents are grown at random, field by field and page by page up to the limits, from several long lists or from none.
Each is run twice in this process, by a viewer with many permissions: first as a new document, then as a known one. Its
cost is the processor time of both runs.
"""

import asyncio
import gc
import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type
from starlette.applications import Starlette

from auth.rate_limits import RateLimits
from bench.questions import Question
from bench.world import CROWD, CROWD_ADMINISTRATOR, Kind, global_id
from schema.engine.documents import Document, Documents
from schema.engine.limits import Limits
from server.app import create_app
from server.config.settings import Settings
from server.uvicorn_patches.server import GC_THRESHOLD

PAGES = (1, 5, 20, 100)
LISTS = (0, 0, 4, 8, 12)  # long lists that a document begins with
CROWD_ID = global_id(Kind.ORGANIZATION, CROWD)
OF_CROWD = f'organization(id: "{CROWD_ID}")'
WARMING = "{ me { id memberships { nodes { role } } } }"  # the first request of a process loads code that all need
ROUNDS = 400  # tried documents
GROWTH = 30  # further fields offered to a document


@dataclass(frozen=True, slots=True)
class Worst:
    """The most expensive accepted document, and its milliseconds of processor time."""

    milliseconds: float
    document: str
    tried: int


@dataclass(slots=True)
class Branch:
    """A field with its selection."""

    text: str
    type: Any
    children: "list[Branch]"

    def __str__(self) -> str:
        if not self.children and (self.type is None or is_leaf_type(self.type)):
            return self.text
        return f"{self.text} {{ {' '.join(['__typename', *map(str, self.children)])} }}"


async def search(dsn: str, schema: GraphQLSchema, tick: Callable[[], None], seed: int = 1) -> Worst:
    """Return the most expensive document found; `dsn` is the measured database."""
    settings = Settings(environment="production", rate_limits=RateLimits(document="1000000 per second"))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    chance = random.Random(seed)
    app = create_app(settings, dsn, schema)
    worst = Worst(0.0, "", 0)
    async with app.router.lifespan_context(app):
        gc.collect()
        gc.freeze()  # as a server does at its start
        gc.set_threshold(GC_THRESHOLD)
        await _spent(app, WARMING)
        for _ in range(ROUNDS):
            text = _grown(schema, settings.limits, chance)
            gc.collect()  # garbage of growing the document is not part of its cost
            spent = max([await _spent(app, text), await _spent(app, text)])
            if spent > worst.milliseconds:
                worst = Worst(spent, text, ROUNDS)
            tick()
    return worst


def _accepted(schema: GraphQLSchema, document: Document, most: int) -> bool:
    if document.errors:
        return False
    operation = document.compilable_operation(schema, None)
    return operation is not None and operation.variant({}).highest_cost <= most


def _grown(schema: GraphQLSchema, limits: Limits, chance: random.Random) -> str:
    """Return a document grown in a number of tries, within the limits of its text."""
    assert schema.query_type is not None
    documents = Documents(schema, limits=limits)
    root = Branch("query", schema.query_type, [])
    branches = [root]
    for number in range(chance.choice(LISTS)):
        nodes = Branch("nodes", schema.type_map["Membership"], [])
        listed = Branch("memberships(first: 100)", None, [nodes])
        root.children.append(Branch(f"list{number}: {OF_CROWD}", None, [listed]))
        branches.append(nodes)
    text = str(root)
    for number in range(GROWTH):
        parent = chance.choice(branches)
        child = _field(parent.type, number, chance)
        if child is None:
            continue
        parent.children.append(child)
        if not _accepted(schema, documents.get(str(root)), limits.cost):
            parent.children.remove(child)
            continue
        text = str(root)
        if not is_leaf_type(get_named_type(child.type)):
            branches.append(child)
    return text


def _field(type_: Any, number: int, chance: random.Random) -> Branch | None:
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return None
    name, field = chance.choice(list(type_.fields.items()))
    arguments = []
    if "first" in field.args:
        arguments.append(f"first: {chance.choice(PAGES)}")
    if "id" in field.args:
        arguments.append(f'id: "{CROWD_ID}"')
    named = get_named_type(field.type)
    alias = f"f{number}: " if chance.random() < 0.2 else ""
    given = f"({', '.join(arguments)})" if arguments else ""
    return Branch(f"{alias}{name}{given}", named, [])


async def _spent(app: Starlette, text: str) -> float:
    """Return the milliseconds that this process spent on a document."""
    question = Question(text, "", {}, CROWD_ADMINISTRATOR)
    body = json.dumps({"query": text}).encode()
    headers = [(name.lower().encode(), value.encode()) for name, value in question.headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}

    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else await asyncio.Future()  # the caller does not disconnect

    async def send(_: Any) -> None:
        pass

    before = time.process_time()
    await app({**scope, "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}, receive, send)
    return (time.process_time() - before) * 1000
