"""A decision as a person reads it: the answer first, then how far, what next, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rich.cells import cell_len

from remit_api.cli.hints import facts_typed, steps_typed
from remit_api.cli.options import Language
from remit_api.cli.output import Part, Screen, pad
from remit_api.cli.phrases import kind, listed, phrase, role, verdict
from remit_api.cli.session import Session
from remit_engine.decision import (
    Decision,
    Link,
    MissingFact,
    Need,
    RuleUsed,
    RunningTotal,
    TraceLine,
)
from remit_engine.people.directory import Directory

Line = tuple[Part, ...]


def show(
    decision: Decision,
    view: Screen,
    language: Language,
    session: Session,
    *,
    trace: bool = False,
) -> None:
    """The whole answer on the screen."""
    directory = session.loaded.engine.directory
    facts = facts_typed((m.path for m in decision.missing), session.knows_actor())
    steps = steps_typed(decision, session.loaded.engine.model, language)
    words, style = verdict(decision.outcome, language)
    view.line((decision.reason, style))
    view.line()
    _facts_of_the_answer(decision, words, view, language)
    sections: list[tuple[str, Iterable[Line]]] = [
        ("totals", (_total(t, language) for t in decision.totals)),
        ("missing", (*_facts(decision, language), *_typed("typed", facts, language))),
        ("needs", (*_needs(decision, language, directory), *_typed("once done", steps, language))),
        ("chain", (_link(c, language, directory) for c in decision.chain)),
        ("obligations", ((o,) for o in decision.obligations)),
        ("rules", (line for r in decision.rules for line in _rule(r, language))),
    ]
    if trace:
        sections.append(("trace", _trace(decision, language)))
    if decision.ignored:
        sections.append(("ignored", ((path,) for path in decision.ignored)))
    for key, lines in sections:
        _section(phrase(key, language), lines, view)


def _facts_of_the_answer(decision: Decision, words: str, view: Screen, language: Language) -> None:
    pairs = [("answer", f"{decision.outcome} ({words})")]
    if decision.on_behalf_of:
        pairs.append(("on behalf of", decision.on_behalf_of))
    if decision.limit is not None:
        pairs.append(("limit", decision.limit.text))
    if decision.headroom is not None:
        over = decision.headroom.value < 0
        pairs.append(("excess" if over else "headroom", decision.headroom.text.lstrip("-")))
    if decision.maximum is not None:
        pairs.append(("maximum", decision.maximum.text))
    pairs.append(("as of", decision.as_of.isoformat()))
    pairs.append(("policy", _policy(decision)))
    width = max(cell_len(phrase(key, language)) for key, _ in pairs)
    for key, value in pairs:
        view.line("  ", (pad(phrase(key, language), width), "dim"), "  ", value)


def _policy(decision: Decision) -> str:
    used = decision.policy
    versions = (*used.versions, *[""] * len(used.names))
    named = (f"{n} {v}".strip() for n, v in zip(used.names, versions, strict=False))
    return f"{', '.join(named)} ({used.digest[:12]})"


def _section(title: str, lines: Iterable[Line], view: Screen) -> None:
    ready = list(lines)
    if not ready:
        return
    view.line()
    view.line((title, "bold"))
    for line in ready:
        view.line("  ", *line)


def _total(total: RunningTotal, language: Language) -> Line:
    short = total.remaining_after.value < 0
    text = phrase(
        "short" if short else "total",
        language,
        name=total.name,
        used=total.used.text,
        limit=total.limit.text,
        before=total.remaining_before.text,
        after=total.remaining_after.text,
        short=total.remaining_after.text.lstrip("-"),
    )
    return (text,)


def _facts(decision: Decision, language: Language) -> Iterable[Line]:
    return (_missing(fact, language) for fact in decision.missing)


def _needs(decision: Decision, language: Language, directory: Directory) -> Iterable[Line]:
    return (_need(need, language, directory) for need in decision.needs)


def _missing(fact: MissingFact, language: Language) -> Line:
    what = f"  {fact.label}" if fact.label else ""
    allowed = ""
    if fact.allowed:
        allowed = f", {phrase('one of', language, values=listed(fact.allowed, language))}"
    return ((fact.path, "cyan"), what, (f"  ({kind(fact.type, language)}{allowed})", "dim"))


def _typed(key: str, words: str, language: Language) -> tuple[Line, ...]:
    """The line that says what to type, if anything."""
    return (((phrase(key, language, words=words), "dim"),),) if words else ()


def _need(need: Need, language: Language, directory: Directory) -> Line:
    parts: list[Part] = [need.text]
    if need.people:
        parts.append(f": {_people(need.people, language, directory)}")
    if need.done:
        done = phrase("done", language, done=need.done, count=need.count)
        parts.append((f"  ({done})", "dim"))
    return tuple(parts)


def _link(link: Link, language: Language, directory: Directory) -> Line:
    who = _people(link.people, language, directory)
    parts: list[Part] = [(link.label, "bold"), f": {who}"]
    if not link.able:
        parts.append((f"  ({phrase('endorses', language)})", "dim"))
    elif link.missing:
        facts = listed(link.missing, language)
        parts.append((f"  ({phrase('depends', language, facts=facts)})", "dim"))
    return tuple(parts)


def _people(ids: tuple[str, ...], language: Language, directory: Directory) -> str:
    """People by name and id, as the directory knows them."""
    if not ids:
        return phrase("nobody" if directory.people else "unknown", language)
    return listed(tuple(person_shown(i, directory) for i in ids), language)


def person_shown(person: str, directory: Directory) -> str:
    """`Ann Lee (ann)`, or the id alone."""
    known = directory.people.get(person)
    return f"{known.name} ({person})" if known is not None and known.name else person


def _rule(rule: RuleUsed, language: Language) -> list[Line]:
    place: Part = (f"{rule.file}:{rule.line}", "dim")
    lines: list[Line] = [
        ((rule.id, "bold"), f"  {role(rule.role, language)}  ", place),
        ("  ", rule.text),
    ]
    if rule.because and rule.because not in rule.text:
        lines.append(("  ", rule.because))
    if rule.source and rule.source not in rule.text:
        lines.append(("  ", (phrase("source", language, source=rule.source), "dim")))
    return lines


_RESULTS = {"true": "green", "false": "red", "unknown": "cyan", "fault": "magenta"}


_SIDES = {"grants": "inside", "forbids": "inside", "requires": "inside", "exceeded": "outside"}
"""Where the case lies of the limit or region of a rule that did this to the answer."""


def _trace(decision: Decision, language: Language) -> list[Line]:
    roles: dict[str, set[str]] = {}
    for rule in decision.rules:
        roles.setdefault(rule.id, set()).add(_SIDES.get(rule.role, ""))
    lines = []
    for line in decision.trace:
        sides = roles.get(line.rule, set())
        side = next(iter(sides)) if len(sides) == 1 and not decision.totals else ""
        told = line.result == "compared" and side
        lines += _compared(replace(line, result=phrase(side, language)) if told else line)
    return lines


def _compared(line: TraceLine) -> list[Line]:
    values = ", ".join(f"{name} = {value}" for name, value in line.values)
    shown: list[Line] = [
        (
            (line.result, _RESULTS.get(line.result, "")),
            f"  {line.text}",
            (f"  {line.rule}  {line.file}:{line.line}", "dim"),
        )
    ]
    if values:
        shown.append(("       ", (values, "dim")))
    return shown
