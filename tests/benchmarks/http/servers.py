"""The servers that are measured, each a process of its own: `python -m benchmarks.http.servers`.

`plain` is what a service on FastAPI and pydantic costs that does nothing with the same body;
`ours` is `remit serve` with a key, as it comes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from remit_api.http.app import create_app
from remit_api.http.server import listening, run
from remit_api.http.settings import Settings


class Order(BaseModel):
    region: str
    line: str


class Customer(BaseModel):
    tier: str


class Facts(BaseModel):
    amount: int
    order: Order
    customer: Customer
    channel: str


class Asked(BaseModel):
    actor: str
    action: str
    facts: Facts
    record: bool = True


class Answered(BaseModel):
    outcome: str
    actor: str


def plain(port: int) -> None:
    """An endpoint that reads the body and says something."""
    app = FastAPI()

    @app.post("/v1/decisions")
    async def decide(asked: Asked) -> Answered:
        return Answered(outcome="permit", actor=asked.actor)

    uvicorn.run(app, port=port, access_log=False, log_level="warning")


async def constant(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads a body and answers ten bytes: what no service is faster than."""
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": FLOOR})
        await send({"type": "http.response.body", "body": b'{"ok":true}'})


FLOOR = ((b"content-type", b"application/json"), (b"content-length", b"11"))


def floor(port: int) -> None:
    """An ASGI application without a framework."""
    uvicorn.run(constant, port=port, access_log=False, log_level="warning", lifespan="off")


def ours(port: int, folder: Path) -> None:
    """The service over the policy in a folder; prints the key of its finance user."""
    settings = Settings(
        policies=(folder / "p.remit",),
        directory=None,
        database=f"sqlite:///{folder / 'remit.db'}",
        port=port,
        demo=True,
    )
    app = create_app(settings)
    (finance,) = (one for one in app.state.demo if one.role == "finance")
    print(finance.key.text, flush=True)
    run(settings, app, listening(settings))


if __name__ == "__main__":
    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == "floor":
        floor(port)
    elif kind == "plain":
        plain(port)
    else:
        ours(port, Path(sys.argv[3]))
