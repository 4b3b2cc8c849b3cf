"""`remit db upgrade`: the tables of a store as this remit needs them."""

from __future__ import annotations

from remit_api.cli.database import DATABASE, Database
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import screen
from remit_api.pay.keeping import address, telling
from remit_engine.storage import schema
from remit_engine.storage.opening import connected, upgraded


def upgrade(database: Database = DATABASE, as_json: Json = False) -> ExitCode:
    """Bring the tables of a store up to this remit. What is in them stays.

    A store that is new gets its tables; one that is up to date stays as it is. Back it up before:
    there is no way back but the copy.
    """
    view = screen(as_json=as_json)
    url = address(database, new=True)
    with telling(database):
        store = connected(url)
        try:
            before = upgraded(store)
        finally:
            store.dispose()
    now = schema.head()
    if as_json:
        view.data({"before": before, "now": now})
    elif before == now:
        view.line(f"the store is up to date (step {now})")
    else:
        view.line(f"the store is at step {now} now{f', it was at {before}' if before else ''}")
    return ExitCode.OK
