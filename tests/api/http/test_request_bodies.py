"""What the OpenAPI document says that routes take is what they take: each type is held to the
reader of its route."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from remit_api.http.request_bodies import TAKEN
from remit_api.http.request_examples import EXAMPLES

from .conftest import Served

VALUES: tuple[Any, ...] = (17, -1, "", "text", "x" * 5_000, True, [], [1], {}, {"a": 1}, None)
REFUSED = {400, 422}
READ_BY_FASTAPI = {("POST", "/v1/keys")}
CALLERS = {
    "/v1/events": "shop",
    "/v1/policies": "ma.lin",
    "/v1/directory": "ma.lin",
    "/v1/delegations": "ma.lin",
    "/v1/deliveries": "ma.lin",
}
EACH_FOR_ITSELF = ("requests", "evaluations")
"""Lists whose items are refused one by one."""
NEEDED = {"request", "verb", "from"}
"""Members of which another would be needed in their place, so that without any it is refused."""
NOT_DONE = "/v1/commission"
"""What is understood there is computed or closed, which is tried elsewhere: here types alone."""


def described(service: Served) -> dict[str, Any]:
    found: dict[str, Any] = service.http.get("/openapi.json").json()
    return found


def schema_of(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """The schema of a body, whole."""
    content = document["paths"][path][method.lower()]["requestBody"]["content"]
    reference = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    components = document["components"]
    return {**components["schemas"][reference], "components": components}


def asked(service: Served, method: str, path: str, body: Any) -> int:
    """The status of somebody who may."""
    who = next((who for start, who in CALLERS.items() if path.startswith(start)), "chen.jing")
    if path.startswith("/v1/policies/"):
        who = "chen.jing"  # he publishes what somebody else wrote
    elif path.endswith("/facts"):
        who = "wang.fang"  # who asked for it edits it
    client = service.client(who)
    return client.request(method, path.replace("{id}", "none"), json=body).status_code


def test_every_body_has_a_type(service: Served) -> None:
    document = described(service)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody")
            known = (method.upper(), path)
            if body is None:
                continue
            schema = body["content"]["application/json"]["schema"]
            assert "$ref" in schema, known
            assert known in TAKEN or known in READ_BY_FASTAPI, known
    for method, path in TAKEN:
        assert method.lower() in document["paths"][path]


def test_examples_fit_their_types_and_are_understood(service: Served) -> None:
    document = described(service)
    for (method, path), taken in TAKEN.items():
        example = EXAMPLES[taken]
        jsonschema_rs.validate(schema_of(document, method, path), example)
        if path.startswith(NOT_DONE):
            continue
        assert asked(service, method, path, example) not in REFUSED, path


def mistaken(schema: dict[str, Any], example: Any) -> Iterator[tuple[str, Any]]:
    """Bodies that the type does not allow, with what is wrong with each."""
    fits = jsonschema_rs.validator_for(schema)
    for name in schema["properties"]:
        for value in VALUES:
            if name in EACH_FOR_ITSELF and isinstance(value, list):
                continue
            body = {**example, name: value}
            if not fits.is_valid(body):
                yield f"{name}: {str(value)[:20]}", body
    for name in schema.get("required", ()):
        yield f"without {name}", {n: v for n, v in example.items() if n != name}
    if schema.get("additionalProperties") is False:
        yield "unknown", {**example, "surprise": 1}


def test_what_the_type_does_not_allow_is_refused(service: Served) -> None:
    document, wrong = described(service), []
    tried = 0
    for (method, path), taken in TAKEN.items():
        if path.startswith(NOT_DONE):
            continue
        schema = schema_of(document, method, path)
        for what, body in mistaken(schema, copy.deepcopy(EXAMPLES[taken])):
            tried += 1
            status = asked(service, method, path, body)
            if status not in REFUSED:
                wrong.append(f"{method} {path}, {what}: {status}")
    assert tried > 200
    assert not wrong, "\n".join(wrong)


def test_what_the_type_allows_to_be_null_may_be_null(service: Served) -> None:
    document, wrong = described(service), []
    for (method, path), taken in TAKEN.items():
        schema = schema_of(document, method, path)
        fits = jsonschema_rs.validator_for(schema)
        for name in schema["properties"]:
            body = {**EXAMPLES[taken], name: None}
            if (name in NEEDED and "facts" not in body) or path.startswith(NOT_DONE):
                continue
            if fits.is_valid(body) and asked(service, method, path, body) in REFUSED:
                wrong.append(f"{method} {path}: {name}")
    assert not wrong, "\n".join(wrong)


def test_what_nobody_knows_is_let_be_where_the_type_says_so(service: Served) -> None:
    document = described(service)
    for (method, path), taken in TAKEN.items():
        if schema_of(document, method, path).get("additionalProperties", True):
            body = {**EXAMPLES[taken], "surprise": 1}
            assert asked(service, method, path, body) not in REFUSED, path
