"""The OpenAPI document: what FastAPI knows of the routes, with statuses, bodies and examples.

Examples stand in `examples.json`; a test asks the service and holds them to its answers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from remit_api.http.request_bodies import TAKEN
from remit_api.http.request_examples import EXAMPLES as EXAMPLES_OF_BODIES

REFERENCE = "#/components/schemas/{name}"
EXAMPLES = Path(__file__).with_name("examples.json")
PROBLEM = {"$ref": "#/components/schemas/Problem"}
STATUSES = {
    400: "Not understood",
    401: "Nobody known calls",
    403: "The caller may not",
    404: "Not there, or not the caller's to know",
    406: "Not in this form",
    408: "The body did not come in time",
    409: "In another state",
    412: "`If-Match` does not fit",
    413: "Too large",
    415: "Not JSON",
    422: "Probably misspelt, the key was used for another body, or data or a policy have errors",
    428: "`If-Match` is missing",
    429: "Too many requests",
    503: "Not ready",
}
SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "A refusal (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "example": "urn:remit:problem:invalid_request"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": ["string", "null"], "description": "The id of the request."},
            "help": {"type": "string", "description": "The cure."},
            "problems": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["path", "message"],
                    "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
                },
            },
            "diagnostics": {"type": "array", "items": {"type": "object"}},
        },
    },
}


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once for an application."""
    if not app.openapi_schema:
        made = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        app.openapi_schema = _completed(made)
    return app.openapi_schema


def _completed(made: dict[str, Any]) -> dict[str, Any]:
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # they are problems here
        schemas.pop(name, None)
    schemas.update(SCHEMAS)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "A key or a token."}
    }
    schemas.update(_bodies())
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _take(operation, TAKEN.get((method.upper(), path)))
            _refusals(operation, public=not path.startswith(("/v1", "/metrics", "/access")))
    for example in json.loads(EXAMPLES.read_text(encoding="utf-8")):
        _exemplify(made["paths"][example["route"]][example["method"].lower()], example)
    return made


def _bodies() -> dict[str, Any]:
    """The schemas of all that routes take."""
    types = list(dict.fromkeys(TAKEN.values()))
    _, found = msgspec.json.schema_components(types, ref_template=REFERENCE)
    return {name: _tidy(schema) for name, schema in found.items()}


def _tidy(schema: Any) -> Any:
    """Without what says nothing: that a member which may be null is null where it is not there."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        name: _tidy(value)
        for name, value in schema.items()
        if (name, value) not in (("default", None), ("required", []))
    }
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].split())
    return kept


def _take(operation: dict[str, Any], taken: type[msgspec.Struct] | None) -> None:
    if taken is None:
        return
    schema = {"$ref": REFERENCE.format(name=taken.__name__)}
    content = {"schema": schema, "example": EXAMPLES_OF_BODIES[taken]}
    operation["requestBody"] = {"required": True, "content": {"application/json": content}}


def _refusals(operation: dict[str, Any], *, public: bool) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    content = {"application/problem+json": {"schema": PROBLEM}}
    for status, said in ({503: STATUSES[503]} if public else STATUSES).items():
        responses.setdefault(str(status), {"description": said, "content": content})
    if not public:
        operation["security"] = [{"bearer": []}]


def _exemplify(operation: dict[str, Any], example: dict[str, Any]) -> None:
    shown = {"summary": example["summary"], "value": example["answer"]}
    response = operation["responses"].setdefault(
        str(example["status"]), {"description": "The answer."}
    )
    kind = "application/problem+json" if example["status"] >= 400 else "application/json"
    content = dict(response.get("content", {}))
    of_kind = dict(content.get(kind, {"schema": {"type": "object"}}))
    of_kind["examples"] = {**of_kind.get("examples", {}), example["name"]: shown}
    response["content"] = {**content, kind: of_kind}
    if "body" in example:
        untyped = {"content": {"application/json": {"schema": {"type": "object"}}}}
        body = operation.setdefault("requestBody", untyped)["content"]["application/json"]
        body.pop("example", None)
        examples = body.setdefault("examples", {})
        examples[example["name"]] = {"summary": example["summary"], "value": example["body"]}
