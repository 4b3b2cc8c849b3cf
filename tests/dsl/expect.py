"""Assert on diagnostics as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from remit_dsl import loader
from remit_dsl.diagnostics import Diagnostic, errors
from remit_dsl.program import Program
from remit_dsl.source import Span

HEADER = "policy p { owner board currency CNY }\n"
_MARK = re.compile(r"^# file: (.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """What the checker said about some texts, seen from one diagnostic."""

    texts: Mapping[str, str]
    program: Program | None
    found: list[Diagnostic]
    at: int = 0

    @property
    def codes(self) -> list[str]:
        return [d.code for d in self.found]

    @property
    def one(self) -> Diagnostic:
        assert self.found, "no diagnostic"
        return self.found[self.at]

    def only(self, *codes: str) -> Report:
        """Exactly these codes, in reading order."""
        assert self.codes == list(codes), self.shown()
        return self

    def fine(self) -> Report:
        """No error (warnings may be)."""
        assert not errors(self.found), self.shown()
        assert self.program is not None
        return self

    def silent(self) -> Report:
        """Nothing at all."""
        assert not self.found, self.shown()
        return self

    def shown(self) -> str:
        return (
            "\n".join(f"{d.span}: {d.code} {d.message} [{d.help}]" for d in self.found) or "nothing"
        )

    def but(self, *codes: str) -> Report:
        """The report without some codes."""
        return Report(
            self.texts, self.program, [d for d in self.found if d.code not in codes], self.at
        )

    def errors(self) -> Report:
        return Report(self.texts, self.program, errors(self.found), 0)

    def says(self, message: str, nth: int | None = None) -> Report:
        """Some diagnostic has this message; it is looked at from here on."""
        assert message in [d.message for d in self.found], self.shown()
        at = next(i for i, d in enumerate(self.found) if d.message == message)
        return Report(self.texts, self.program, self.found, at if nth is None else nth)

    def helps(self, help: str | None) -> Report:
        assert self.one.help == help, self.one.help
        return self

    def text(self, span: Span) -> str:
        return self.texts[span.file][span.start : span.end]

    def underlines(self, text: str) -> Report:
        assert self.text(self.one.span) == text, self.text(self.one.span)
        return self

    def on_line(self, line: int) -> Report:
        assert self.one.span.line == line, self.one.span
        return self

    def points(self, text: str, message: str) -> Report:
        """A related place shows this text with this message."""
        places = [(self.text(r.span), r.message) for r in self.one.related]
        assert (text, message) in places, places
        return self


def check(text: str, **others: str) -> Report:
    """Check one policy (a header is put before a text that has none) and others by name."""
    if not text.lstrip().startswith(("policy", "#")):
        text = HEADER + text
    return check_all({"p.remit": text, **{f"{n}.remit": t for n, t in others.items()}})


def check_all(texts: Mapping[str, str]) -> Report:
    program, found = loader.load_texts(texts)
    return Report(texts, program, found)


def split(example: str) -> dict[str, str]:
    """The files of an example, marked by lines `# file: NAME`."""
    parts = _MARK.split(example)
    if len(parts) == 1:
        return {"p.remit": example}
    return dict(zip(parts[1::2], parts[2::2], strict=True))
