"""The changes of what the service answers from, in one chain: what stands already is its
beginning."""

import hashlib
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEYS = {
    "policy_version": ("id",),
    "directory_version": ("id",),
    "publication": ("revision",),
    "revision": ("id",),
    "delegation": ("id",),
    "api_key": ("id",),
    "idempotency": ("caller", "key"),
}
ENCODER = msgspec.json.Encoder(order="deterministic")


def upgrade() -> None:
    """Make the table, and note every row as it stands."""
    op.create_table(
        "change",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
        sa.UniqueConstraint("previous", name=op.f("uq_change_previous")),
    )
    _note()


def _note() -> None:
    connection = op.get_bind()
    seq, previous = 0, "0" * 64
    names = ("seq", "subject", "key", "mark", "previous", "hash")
    change = sa.table("change", *(sa.column(name) for name in names))
    for subject, key in KEYS.items():
        ordered = ", ".join(f'"{name}"' for name in key)
        asked = sa.text(f'SELECT * FROM "{subject}" ORDER BY {ordered}')
        for row in connection.execute(asked).mappings().all():
            seq += 1
            made = {
                "seq": seq,
                "subject": subject,
                "key": _json([row[name] for name in key]).decode(),
                "mark": _hash({k: v for k, v in row.items() if v is not None}),
                "previous": previous,
            }
            made["hash"] = previous = _hash(made)
            connection.execute(change.insert(), made)


def _json(value: Any) -> bytes:
    return ENCODER.encode(value)


def _hash(value: Any) -> str:
    return hashlib.sha256(_json(value)).hexdigest()
