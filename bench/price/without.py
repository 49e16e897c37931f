"""`python -m bench.price.without SWITCH COMMAND …` runs our command line with one optimization switched off."""

import asyncio
import gc
import os
import sys
from types import SimpleNamespace

from bench.price.switches import SWITCHES, module_named

COUNTED = "OMAPOSTI_BENCH_COUNTED"  # is set where instructions are counted


def stop_ticks() -> None:
    """Let no timer tick: how many ticks a slow request lasts for depends on how busy the machine is."""
    module_named("models.db.deadlines").POLL_INTERVAL = 60.0
    slow = {**vars(asyncio), "sleep": lambda seconds: asyncio.sleep(seconds * 30)}
    module_named("uvicorn.server").asyncio = SimpleNamespace(**slow)


if __name__ == "__main__":
    switch = sys.argv.pop(1)
    main = module_named("server.cli.main")

    # A switch loads modules, and they are to be loaded as the command line would load them.
    if switch not in ("gc_of_server", "gc_at_load"):
        gc.disable()
    if switch != "rich":
        main._load_log_without_rich()
    if COUNTED in os.environ:
        stop_ticks()
    SWITCHES[switch]()
    main.run()
