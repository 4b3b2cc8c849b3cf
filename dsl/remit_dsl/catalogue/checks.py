"""Catalogue entries: checks of names, types, rules and tables, and warnings.

An example of several files marks each with a line `# file: NAME`.
"""

from __future__ import annotations

from remit_dsl.catalogue import (
    checks_files,
    checks_names,
    checks_rules,
    checks_tables,
    checks_types,
    checks_warnings,
    pay,
)
from remit_dsl.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {
    **checks_files.ENTRIES,
    **checks_names.ENTRIES,
    **checks_types.ENTRIES,
    **checks_rules.ENTRIES,
    **checks_tables.ENTRIES,
    **checks_warnings.ENTRIES,
    **pay.ENTRIES,
}
