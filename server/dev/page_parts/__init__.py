"""Files that GraphiQL, the mailbox and the pages of links share: the brand's style, and requests to the endpoint."""

from pathlib import Path

PARTS = Path(__file__).parent
