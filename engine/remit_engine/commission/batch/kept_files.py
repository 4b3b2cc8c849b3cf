"""Files that a run leaves, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from remit_engine.commission.batch.scratch import Scratch
from remit_engine.warehouse.warehouse import Words


def write_whole(warehouse: Scratch, query: str, file: Path, words: Words) -> None:
    """The rows of a query as a Parquet file, in place of one of that name. words: see Warehouse.
    Raises WarehouseTrouble."""
    part = file.with_name(f"{file.name}.part")
    try:
        warehouse.write_parquet(query, part, words)
        warehouse.files.append(file)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
