"""The 56 cases of the AuthZEN 1.0 certification scenario, sent to a server over a socket."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
import uvicorn
import yaml

from remit_api.http.app import create_app
from remit_api.http.identity.making import Wanted, make_key
from remit_engine.storage import api_keys
from remit_engine.storage.opening import writing

from .authzen_service import record_settings
from .conftest import ROOT

FILE = ROOT / "tests/cases/authzen/certification.yaml"
ENDPOINTS = yaml.safe_load(FILE.read_text(encoding="utf-8"))
CASES = [(endpoint, case) for endpoint, cases in ENDPOINTS.items() for case in cases]
UPSTREAM = [
    path
    for above in ROOT.parents
    if (path := above / "shared/conformance/authzen/certification-1_0-cases.json").is_file()
]


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client with a key for a program, of a server of its own."""
    folder = tmp_path_factory.mktemp("authzen")
    app = create_app(replace(record_settings(folder), trusted_caller=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with httpx2.Client(base_url=base, headers={"Authorization": _key(app)}) as client:
            yield client
        server.should_exit = True
        thread.join()


def _key(app: Any) -> str:
    service = app.state.service
    wanted = Wanted("pep", frozenset({"machine"}), None)
    now = datetime.now(UTC)
    text, made = make_key(wanted, service.roles, service.desk.directory, "test", now)
    with writing(service.store) as connection:
        api_keys.made(connection, made)
    return f"Bearer {text.text}"


@pytest.mark.parametrize(("endpoint", "case"), CASES, ids=[case["id"] for _, case in CASES])
def test_certification(endpoint: str, case: dict[str, Any], http: httpx2.Client) -> None:
    for _ in range(case.get("times", 1)):
        answer = _sent(endpoint, case, http)
        assert answer.status_code == case["status"], answer.text
        for name, value in case.get("answered_headers", {}).items():
            assert answer.headers[name] == value
        if answer.status_code == 200:
            assert answer.headers["content-type"] == "application/json"
            assert _fits(case, answer.json()), answer.text


def _sent(endpoint: str, case: dict[str, Any], http: httpx2.Client) -> httpx2.Response:
    if endpoint == "configuration":
        return http.get("/.well-known/authzen-configuration")
    content = case.get("text", json.dumps(case.get("body")))
    headers = {"Content-Type": "application/json", **case.get("headers", {})}
    return http.post(f"/access/v1/{endpoint}", content=content, headers=headers)


EXPECTED = {
    "decision": lambda want, got: got["decision"] is want,
    "decisions": lambda want, got: (
        len(got["evaluations"]) == len(want)
        and all(
            one["decision"] is wanted
            for one, wanted in zip(got["evaluations"], want, strict=True)
            if wanted is not None
        )
    ),
    "answers": lambda want, got: (
        [type(one["decision"]) for one in got["evaluations"]] == [bool] * want
    ),
    "includes": lambda want, got: all(one in got["results"] for one in want),
    "results": lambda want, got: got == {"results": want},
    "list": lambda want, got: isinstance(got[want], list),
    "members": lambda want, got: all(isinstance(got[name], str) for name in want),
    "addresses": lambda want, got: all(
        got[name].startswith("https://") for name in want if name in got
    ),
}


def _fits(case: dict[str, Any], document: dict[str, Any]) -> bool:
    wanted = [name for name in EXPECTED if name in case]
    assert wanted, "a case that asks for nothing shows nothing"
    return all(EXPECTED[name](case[name], document) for name in wanted)


def test_there_are_all_cases() -> None:
    assert len({case["id"] for _, case in CASES}) == len(CASES) == 56


@pytest.mark.skipif(not UPSTREAM, reason="the cases as they came are kept outside the repository")
def test_the_cases_ask_what_the_scenario_asks() -> None:
    given = json.loads(Path(UPSTREAM[0]).read_text(encoding="utf-8"))["cases"]
    ours = {case["id"]: (endpoint, case) for endpoint, case in CASES}
    for case in given:
        endpoint, restated = ours[case["id"]]
        assert case["path"].endswith(endpoint)
        assert restated.get("body") == case.get("request")
        assert restated.get("text") == case.get("raw_body")
        assert restated["status"] == case["expect"]["status"]
        body = case["expect"].get("body", {})
        assert restated.get("decision") == body.get("decision")
        assert restated.get("includes", restated.get("results")) == body.get("results")
        decisions = [one["decision"] for one in body.get("evaluations", ())]
        only = case["expect"].get("only_index", range(len(decisions)))
        wanted = [one if n in only else None for n, one in enumerate(decisions)]
        assert restated.get("decisions", []) == wanted
