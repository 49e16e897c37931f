"""Figures of an injected fault: one JSON line on the screen and in tests/artifacts/faults.jsonl, for the scoreboard."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

KEPT = Path(__file__).parent.parent / "artifacts" / "faults.jsonl"


@dataclass
class Figures:
    """`runs` requests or rounds: `failed` were told to retry, `lost` lost or doubled an effect.

    `recoveries` are the seconds from each fault until everything was answered again.
    """

    fault: str
    runs: int = 0
    failed: int = 0
    lost: int = 0
    recoveries: list[float] = field(default_factory=list)
    seed: int | None = None

    def publish(self) -> None:
        """Print the line and append it to the file."""
        figures = asdict(self)
        seconds = figures.pop("recoveries")
        figures["recovery_s_p50"] = round(median(seconds), 3) if seconds else None
        figures["recovery_s_max"] = round(max(seconds), 3) if seconds else None
        line = json.dumps(figures)
        print(line)
        KEPT.parent.mkdir(exist_ok=True)
        with KEPT.open("a") as kept:
            kept.write(line + "\n")
