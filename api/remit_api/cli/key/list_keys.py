"""`remit key list`."""

from __future__ import annotations

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.key.options import DATABASE, HEADER, Database, now, row
from remit_api.cli.options import Json
from remit_api.cli.output import screen
from remit_api.http.identity.making import key_document
from remit_api.pay import keeping
from remit_engine.storage import api_keys


def list_keys(database: Database = DATABASE, as_json: Json = False) -> ExitCode:
    """List the keys to the service, without their secrets, which are kept nowhere."""
    view = screen(as_json=as_json)
    with (
        keeping.opened(database, maker="`remit key create`") as store,
        store.reading() as connection,
    ):
        found = api_keys.listed(connection)
    if as_json:
        view.data({"keys": [key_document(key) for key in found]})
    elif found:
        view.table(HEADER, [row(key, now()) for key in found])
    else:
        view.line("there are no keys")
    return ExitCode.OK
