"""Names that look alike, and rights that pass by what bars the right they come from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from remit_dsl.diagnostics import Diagnostic, Related
from remit_dsl.program import Program, Statement
from remit_dsl.source import NOWHERE, Span

# letters of other scripts that most fonts draw like a Latin one (Unicode's confusables, the
# everyday part of it)
_LIKE_LATIN = str.maketrans(
    "аеорсухіјѕԁһӏԛԝвкмнтгАВЕКМНОРСТУХІЅЈαορνικτυχβεζημΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhlqwbkmhtrABEKMHOPCTYXISJaopviktuxbezhmABEZHIKMNOPTYX",
)


# verbs that prepare or follow a decision, and bind nobody
_ADVICE = frozenset({"recommend", "nominate", "review", "inspect", "assess", "report", "file"})


def skeleton(name: str) -> str:
    """What is left of a name when letters that look alike are the same letter."""
    return unicodedata.normalize("NFKC", name).translate(_LIKE_LATIN).casefold()


def lookalikes(program: Program) -> Iterator[Diagnostic]:
    """Two declared names of a kind that a reader cannot tell apart."""
    for declared in _declared(program):
        first: dict[str, tuple[str, Span]] = {}
        for name, span in declared:
            bare = name.rsplit(".", 1)[-1]
            other = first.setdefault(skeleton(bare), (bare, span))
            if other[0] != bare:
                place = Related(other[1], f"`{other[0]}` is declared here")
                message = f"`{bare}` looks like `{other[0]}` and is another name"
                yield Diagnostic(span, "W0512", message, "take a name that differs", (place,))


def _declared(program: Program) -> Iterator[Iterable[tuple[str, Span]]]:
    for table in (
        program.positions, program.actions, program.parameters, program.definitions,
        program.tables, program.enums, program.records,
    ):  # fmt: skip
        yield [(name, d.span) for name, d in table.items() if d.span != NOWHERE]
    for enum in program.enums.values():
        yield [(member, enum.span) for member in enum.members]


def unbarred_implications(program: Program) -> Iterator[Diagnostic]:
    """A bar or a step on a verb that does not hold for a verb it implies."""
    for block in program.authorities:
        held = {(type(s), _verb(s)) for s in _bars(block.prohibitions, block.self_bars)}
        held |= {(type(s), _verb(s)) for s in block.requirements}
        granted = {g.verb for g in block.grants}
        for statement in (*block.prohibitions, *block.self_bars, *block.requirements):
            verb = _verb(statement)
            right = program.rights.get(verb)
            for implied in right.implies if right and verb in granted else ():
                if implied not in _ADVICE and (type(statement), implied) not in held:
                    message = f"this holds for `{verb}` and not for `{implied}`, which it implies"
                    help = f"say the same of `{implied}`, or do not imply it"
                    yield Diagnostic(statement.span, "W0513", message, help)


def _bars(*groups: Iterable[Statement]) -> Iterator[Statement]:
    for group in groups:
        yield from group


def _verb(statement: Statement) -> str:
    return str(getattr(statement, "verb", ""))
