"""What the checker found: diagnostics gathered in one place, with the texts to quote from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.source import Source, Span
from remit_dsl.suggest import nearest

LONGEST_QUOTE = 48
MOST_PLACES = 5
ALSO_HERE = "also here"
NAMES = frozenset({"E0202", "E0203", "E0204", "E0205", "E0206", "E0207", "E0208", "E0210", "E0218"})


@dataclass(slots=True)
class Findings:
    """A list of diagnostics that grows while the passes run."""

    sources: dict[str, Source] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    _told: dict[tuple[str, str, str], int] = field(default_factory=dict)

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
        if code not in NAMES:
            self.found.append(Diagnostic(span, code, message, help, places))
            return
        key = (span.file, code, message)
        if key not in self._told:
            self._told[key] = len(self.found)
            self.found.append(Diagnostic(span, code, message, help, places))
        else:
            self._again(self._told[key], span)

    def _again(self, at: int, span: Span) -> None:
        """A name that is unknown once is unknown everywhere: one fault, several places."""
        first = self.found[at]
        also = sum(r.message == ALSO_HERE for r in first.related)
        if also < MOST_PLACES and span != first.span:
            again = (*first.related, Related(span, ALSO_HERE))
            self.found[at] = replace(first, related=again)

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
