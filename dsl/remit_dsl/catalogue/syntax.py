"""Catalogue entries: syntax."""

from __future__ import annotations

from remit_dsl.catalogue.entry import Entry

ENTRIES: dict[str, Entry] = {}
