"""A database that takes a fifth of a second longer for each answer (F7): answers are slow or deferred, never stuck."""

import asyncio
import time

import httpx
import pytest

from server.app import create_app
from server.config.settings import Settings
from server.db.database import Database
from tests.cast import Cast
from tests.faults.crowd import Person, asking_on, crowd, read_on, write_on
from tests.faults.figures import Figures
from tests.faults.kept import lost
from tests.server.database_line import DatabaseLine
from tests.server.serving import serving

LATENCY = 0.1  # seconds in either direction
SLACK = 5.0  # seconds above the server's own limit, for a busy machine
STRANGER = "stranger"  # a caller whose query needs no database
READERS = ["consumer", "auditor", "support", "operator"]
WRITERS = ["member", "manager", "administrator", "other-administrator"]


@pytest.mark.parametrize("seconds", [3, pytest.param(20, marks=pytest.mark.long)])
async def test_slow_database_delays_no_answer_beyond_the_limit(
    cast: Cast, database: Database, dsn: str, settings: Settings, seconds: int
) -> None:
    line, figures = DatabaseLine(dsn), Figures("F7 database slow by 200 ms")
    people = [Person(who, cast.tokens[who], read_on) for who in READERS]
    people += [Person(who, cast.tokens[who], write_on) for who in WRITERS]
    people.append(Person(STRANGER, None, asking_on("{ __typename }")))
    with serving(create_app(settings, await line.open()), settings) as url:
        async with crowd(url, people) as together, httpx.AsyncClient(base_url=url) as client:
            line.latency, began = LATENCY, time.monotonic()
            await asyncio.sleep(seconds)
            assert (await client.get("/healthz")).status_code == 200
            await together.served_again(since=began)
            line.latency, mended = 0.0, time.monotonic()
            await together.served_again(since=mended)
            figures.recoveries.append(together.recovery(since=mended))
        await line.cut()  # the server's thread is awaited next, and nothing would carry its farewells
    wrong = await lost(database, together)
    figures.runs, figures.failed, figures.lost = len(together.answers), together.put_off(), len(wrong)
    figures.publish()
    assert (wrong, together.wrong, together.put_off(STRANGER)) == ([], [], 0)
    longest = max(answer.had - answer.asked for answer in together.answers)
    assert longest < settings.operation_timeout + SLACK
