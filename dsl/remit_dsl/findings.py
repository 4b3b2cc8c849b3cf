"""What the checker found: diagnostics gathered in one place, with the texts to quote from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.source import Source, Span
from remit_dsl.suggest import nearest

LONGEST_QUOTE = 48


@dataclass(slots=True)
class Findings:
    """A list of diagnostics that grows while the passes run."""

    sources: dict[str, Source] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def add(
        self,
        span: Span,
        code: str,
        message: str,
        help: str | None = None,
        related: Iterable[Related | None] = (),
    ) -> None:
        """Note one fault."""
        places = tuple(r for r in related if r is not None and r.span != span)
        self.found.append(Diagnostic(span, code, message, help, places))

    def quote(self, span: Span) -> str:
        """The text of a span as a name in backticks, shortened when it is long."""
        source = self.sources.get(span.file)
        text = " ".join(source.text[span.start : span.end].split()) if source else ""
        if not text:
            return "this"
        if len(text) > LONGEST_QUOTE:
            text = text[: LONGEST_QUOTE - 1].rstrip() + "…"
        return f"`{text.replace('`', chr(39))}`"


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """A help line that names the nearest candidate, when one is near."""
    close = nearest(word, candidates)
    return f"did you mean `{close}`?" if close else None


def listing(words: Iterable[str], joint: str = "and") -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{w}`" for w in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
