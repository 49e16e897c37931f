"""Style and scripts that GraphiQL, the mailbox and link pages share."""

from pathlib import Path

PARTS = Path(__file__).parent
