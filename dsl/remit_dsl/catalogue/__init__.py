"""Every diagnostic code with its title, cause and repair; `remit explain CODE` prints them."""

from __future__ import annotations

from remit_dsl.catalogue import checks, data, proofs, syntax, watch
from remit_dsl.catalogue.entry import Entry

CATALOGUE: dict[str, Entry] = {
    **syntax.ENTRIES,
    **checks.ENTRIES,
    **data.ENTRIES,
    **proofs.ENTRIES,
    **watch.ENTRIES,
}

__all__ = ["CATALOGUE", "Entry"]
