"""Every malformed request is answered by a 4xx in JSON that says what to do, never by an internal error."""

import json
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

JSON = {"Content-Type": "application/json"}

MALFORMED = {
    "empty": b"",
    "number": b"3",
    "null": b"null",
    "text": b'"{ nothing }"',
    "batch": b'[{"query": "{ nothing }"}]',
    "empty batch": b"[]",
    "byte order mark": b'\xef\xbb\xbf{"query": "{ nothing }"}',
    "bad UTF-8": b'{"query": "\xff"}',
    "UTF-16": '{"query": "{ nothing }"}'.encode("utf-16"),
    "digits": b'{"query": "{ nothing }", "variables": {"a": ' + b"1" * 5000 + b"}}",
    "brackets": b"[" * 100_000,
    "objects": b'{"a":' * 20_000,
    "NaN": b'{"query": "{ nothing }", "variables": {"a": NaN}}',
    "lone surrogate": b'{"query": "{ nothing }", "variables": {"a": "\\ud800"}}',
    "cut off": b'{"query": "{ nothing',
    "two objects": b'{"query": "{ nothing }"}{}',
    "no query": b"{}",
    "empty query": b'{"query": " "}',
    "query as a number": b'{"query": 1}',
    "query as a list": b'{"query": ["{ nothing }"]}',
    "variables as a list": b'{"query": "{ nothing }", "variables": []}',
    "variables as a text": b'{"query": "{ nothing }", "variables": "{}"}',
    "operation name as a number": b'{"query": "{ nothing }", "operationName": 0}',
    "extensions as a flag": b'{"query": "{ nothing }", "extensions": false}',
}


def assert_refused(response: httpx.Response, status: int, code: str) -> None:
    """Assert a refusal in JSON that carries the request's id."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/")
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": code, "requestId": response.headers["x-request-id"]}
    assert "data" not in response.json()
    assert len(error["message"]) > 20


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
async def test_b70_a_malformed_body_is_refused(trying: httpx.AsyncClient, body: bytes) -> None:
    assert_refused(await trying.post("/graphql", content=body, headers=JSON), 400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json, text/plain",
        "application/json; charset=utf-16",
        "application/graphql",
    ],
)
async def test_b50_b51_a_body_of_another_type_is_refused(trying: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = await trying.post("/graphql", content=b'{"query": "{ nothing }"}', headers=headers)
    assert_refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json;charset=UTF-8", 'Application/JSON; charset="utf-8"'])
async def test_json_with_charset_utf_8_is_accepted(trying: httpx.AsyncClient, content_type: str) -> None:
    response = await trying.post(
        "/graphql", content=b'{"query": "{ nothing }"}', headers={"Content-Type": content_type}
    )
    assert response.json() == {"data": {"nothing": None}}


async def test_b69_nul_in_a_variable_is_refused_wherever_it_stands(trying: httpx.AsyncClient) -> None:
    query = "query($text: String!) { echo(text: $text) }"
    for variables in ({"text": "a\0"}, {"text": "a", "more": [{"deep": ["\0"]}]}, {"\0": 1}):
        response = await trying.post("/graphql", json={"query": query, "variables": variables})
        assert_refused(response, 400, "BAD_USER_INPUT")
    harmless = await trying.post("/graphql", json={"query": query, "variables": {"text": "\\u0000"}})
    assert harmless.json() == {"data": {"echo": "\\u0000"}}


@pytest.mark.parametrize("text", ["\\u0000", "\\u{0}", "\0"])
async def test_b69_nul_in_a_document_is_refused(trying: httpx.AsyncClient, text: str) -> None:
    response = await trying.post("/graphql", json={"query": f'{{ echo(text: "{text}") }}'})
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query=%ff",
        "query={nothing}&query={nothing}",
        "query={nothing}&variables=3",
        "query={nothing}&variables=[",
        "query={nothing}&extensions=[]",
        "query={nothing}&" + "&".join(f"p{n}=1" for n in range(50)),
    ],
)
async def test_a_malformed_query_string_is_refused(trying: httpx.AsyncClient, query_string: str) -> None:
    assert_refused(await trying.get(f"/graphql?{query_string}"), 400, "BAD_REQUEST")


async def test_get_runs_a_query_and_refuses_a_mutation(trying: httpx.AsyncClient) -> None:
    query, variables = quote("query($t: String!) { echo(text: $t) }"), quote(json.dumps({"t": "päivää"}))
    assert (await trying.get(f"/graphql?query={query}&variables={variables}")).json() == {"data": {"echo": "päivää"}}
    refused = await trying.get("/graphql?query=mutation{dropCookie}")
    assert_refused(refused, 405, "METHOD_NOT_ALLOWED")
    assert refused.headers["allow"] == "POST"


async def test_other_methods_and_other_paths_are_refused_in_json(trying: httpx.AsyncClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        response = await trying.request(method, "/graphql")
        assert_refused(response, 405, "METHOD_NOT_ALLOWED")
        assert response.headers["allow"] == "GET, POST"
    assert_refused(await trying.get("/.env"), 404, "NOT_FOUND")
    assert_refused(await trying.post("/healthz"), 405, "METHOD_NOT_ALLOWED")


async def test_body_is_capped_at_any_announced_length(trying: httpx.AsyncClient) -> None:
    body = b'{"query": "{ nothing }", "extensions": {"a": "' + b"x" * 128 * 1024 + b'"}}'
    assert_refused(await trying.post("/graphql", content=body, headers=JSON), 413, "BODY_TOO_LARGE")
    announced = await trying.post("/graphql", content=b"{}", headers=JSON | {"Content-Length": "9" * 30})
    assert_refused(announced, 413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ nothng }", "Cannot query field 'nothng' on type 'Query'. Did you mean 'nothing'?"),
        ("{ echo }", "Argument 'Query.echo(text:)' of type 'String!' is required, but it was not provided."),
        ("{", "Syntax Error: Expected Name, found <EOF>."),
        ("query A { nothing } query B { nothing }", "Must provide operation name"),
        ("query($t: String!) { echo(text: $t) }", "Variable '$t' has invalid value: Expected a value of non-null type"),
    ],
)  # fmt: skip
async def test_invalid_document_gets_the_reason_from_graphql_core(
    trying: httpx.AsyncClient, query: str, message: str
) -> None:
    response = await trying.post("/graphql", json={"query": query})
    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert error["message"].startswith(message)
    assert "data" not in response.json()


@pytest.mark.parametrize("value", ["1" * 5000, "2147483648", "1.5", '"1"', "true", "[1]", "{a: 1}"])
async def test_an_argument_that_is_no_int_is_refused(trying: httpx.AsyncClient, value: str) -> None:
    response = await trying.post("/graphql", json={"query": f'{{ echo(text: "a", times: {value}) }}'})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**63, 1e300, "1", True, [1], {"a": 1}])
async def test_a_variable_that_is_no_int_is_refused(trying: httpx.AsyncClient, value: object) -> None:
    query = 'query($n: Int) { echo(text: "a", times: $n) }'
    response = await trying.post("/graphql", json={"query": query, "variables": {"n": value}})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("Variable '$n' has invalid value")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)
PARTS = st.sampled_from(
    ["{", "}", "(", ")", "echo", "one", "text:", "times:", "$t", '"a"', "1", "...", "query", ":", "@"]
)
DOCUMENTS = st.lists(PARTS, max_size=12).map(" ".join) | st.text()
BODIES = st.binary() | st.fixed_dictionaries(
    {},
    optional={
        "query": st.just('query($t: String! = "a", $n: Int) { echo(text: $t, times: $n) }') | DOCUMENTS | JSON_VALUES,
        "variables": st.fixed_dictionaries({}, optional={"t": JSON_VALUES, "n": JSON_VALUES}) | JSON_VALUES,
        "operationName": JSON_VALUES,
        "extensions": JSON_VALUES,
    },
).map(lambda body: json.dumps(body).encode())


@given(body=BODIES)
@settings(max_examples=300, deadline=None)
async def test_random_bodies_never_cause_an_internal_error(trying: httpx.AsyncClient, body: bytes) -> None:
    response = await trying.post("/graphql", content=body, headers=JSON)
    assert response.status_code in {200, 400}, response.text
    codes = {error["extensions"]["code"] for error in response.json().get("errors", [])}
    assert "INTERNAL" not in codes, response.text
