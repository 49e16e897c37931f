"""Every example of README.md and docs/ works when pasted into a shell or into GraphiQL."""

import shutil

import pytest

from tests.docs.examples import Served, faults_of_page
from tests.docs.page import Page, pages

SERVICES = """curl -s http://localhost:8000/graphql -H 'Content-Type: application/json' -d '{"query":
    "{ service(code: \\"OMAPOSTI\\") { name } }"}'"""
# A former example of the README; a JSON string cannot contain a line break.
BROKEN = SERVICES.replace("{ service", "{ service\n   ")
OMAPOSTI = '{"data": {"service": {"name": "OmaPosti"}}}'
WHO = "```graphql\n# As consumer@demo.example\n{ me { email } }\n```\n```json\n"
WRONG = {
    "line break in a string": f"```sh\n{BROKEN}\n```\n```json\n{OMAPOSTI}\n```",
    "other output": f"```sh\n{SERVICES}\n```\n```json\n{OMAPOSTI.replace('OmaPosti', 'Prinetti')}\n```",
    "output not shown": f"```sh\n{SERVICES}\n```",
    "command that fails": "```sh\ntrue\n```\n```sh\n.venv/bin/omaposti serves\n```",
    "unknown target": "```sh\nmake dinner\n```",
    "comment": "```sh\nmake run  # serves\n```",
    "prompt": "```sh\n$ true\n```",
    "indented": "Text:\n\n    make run",
    "kind not said": "```\nmake run\n```",
    "output of nothing": "```json\n{}\n```",
    "unknown field": "```graphql\n{ services { price } }\n```\n```json\n{}\n```",
    "other answer for the person": WHO + '{"data": {"me": null}}\n```',
    "unknown setting": "```dotenv\nOMAPOSTI_PROT=80\n```",
    "wrong setting": "```dotenv\nOMAPOSTI_PORT=eighty\n```",
}
RIGHT = {
    "query": f"```sh\n{SERVICES}\n```\n```json\n{OMAPOSTI}\n```",
    "variable": "```sh\nNAME=$(echo posti)\n```\nThen:\n```sh\necho oma$NAME\n```\n```text\noma…\n```",
    "target": "```sh\nmake run\n```",
    "person": WHO + '{"data": {"me": {"email": "con…"}}}\n```',
    "setting": "```dotenv\nOMAPOSTI_PORT=80\nOMAPOSTI_TRUSTED_PROXIES='[\"10.0.0.0/8\"]'\n```",
    "shown only": "```conf\nno-reply: root\n```",
}


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl is installed; install the package curl")
def test_examples_do_what_they_show(served: Served) -> None:
    # One test for all pages, because each worker with a part of them would start its own demo.
    faults = [fault for page in pages() for fault in faults_of_page(page, served)]
    assert not faults, "\n".join(faults)
    undetected = [name for name, text in WRONG.items() if not faults_of_page(Page(name, text), served)]
    assert undetected == [], "the check itself is broken"
    assert [fault for name, text in RIGHT.items() for fault in faults_of_page(Page(name, text), served)] == []


def test_pages_have_examples_of_each_kind() -> None:
    kinds = {block.kind for page in pages() for block in page.blocks}
    assert {"sh", "json", "text", "graphql", "dotenv"} <= kinds
