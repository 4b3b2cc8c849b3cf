"""`remit key revoke`."""

from __future__ import annotations

from typing import Annotated

import typer

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.key.options import BY, DATABASE, Database, now
from remit_api.cli.options import Json
from remit_api.cli.output import screen
from remit_api.http.identity.making import key_document
from remit_api.pay import keeping
from remit_engine.storage import api_keys

Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a key, as the list has it.")]


def revoke(id: Id, database: Database = DATABASE, as_json: Json = False) -> ExitCode:
    """End a key. A service that runs refuses it within a second."""
    view = screen(as_json=as_json)
    with (
        keeping.opened(database, maker="`remit key create`") as store,
        store.writing() as connection,
    ):
        ended = api_keys.revoked(connection, id, BY, now())
    if as_json:
        view.data(key_document(ended))
    else:
        view.line(f"{ended.id} ({ended.name}) opens nothing any more")
    return ExitCode.OK
