"""Parts that declarations of every kind are made of."""

from __future__ import annotations

from dataclasses import dataclass

from remit_dsl.source import Span
from remit_dsl.types import Type


@dataclass(frozen=True, slots=True)
class Label:
    """A text for people, with translations by two-letter language."""

    text: str
    translations: tuple[tuple[str, str], ...] = ()

    def localized(self, language: str) -> str:
        """The text in `language`, else as written."""
        return dict(self.translations).get(language, self.text)


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: Type
    optional: bool
    label: Label | None
    span: Span
