"""The tables of the store, by subject; migrations make them (see `remit_engine.storage.schema`)."""

from remit_engine.storage.tables.approvals import approval_event, approval_request, approval_waiting
from remit_engine.storage.tables.beside_pay import (
    dispute_seal,
    run_base,
    run_climb,
    run_name,
)
from remit_engine.storage.tables.changes import change
from remit_engine.storage.tables.columns import ALTERED, Exact, Row, Written, metadata, storable
from remit_engine.storage.tables.decisions import consumption, decision, dimension, idempotency
from remit_engine.storage.tables.jobs import run_job, run_maker
from remit_engine.storage.tables.leases import lease
from remit_engine.storage.tables.pay import (
    closing,
    difference,
    dispute,
    dispute_answer,
    line,
    movement,
    run,
    run_plan,
    stage,
    statement,
    uncounted,
)
from remit_engine.storage.tables.service import api_key, event
from remit_engine.storage.tables.versions import (
    delegation,
    directory_version,
    policy_version,
    publication,
    revision,
)
from remit_engine.storage.tables.watch import (
    alert,
    alert_event,
    hold,
    outbox,
    watch_entry,
    watch_state,
)

__all__ = [
    "ALTERED", "Exact", "Row", "Written", "alert", "alert_event", "api_key", "approval_event",
    "approval_request", "approval_waiting", "change", "closing", "consumption", "decision",
    "delegation", "difference", "dimension", "directory_version", "dispute", "dispute_answer",
    "dispute_seal", "event", "hold", "idempotency", "lease", "line", "metadata", "movement",
    "outbox", "policy_version", "publication", "revision", "run", "run_base", "run_climb",
    "run_job", "run_maker", "run_name", "run_plan", "stage", "statement", "storable", "uncounted",
    "watch_entry", "watch_state",
]  # fmt: skip
