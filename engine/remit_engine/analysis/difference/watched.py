"""What is watched and reported, side by side: watches rule by rule, and duties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from remit_dsl.expressions import Constant, Expression, Fact, children
from remit_dsl.program import Program
from remit_dsl.scope.qualified import short
from remit_dsl.source import Span
from remit_dsl.watch import WEEKDAYS, Count, Duty, Restraint, Rows, Watch, WatchRule, Window
from remit_dsl.watch import Sequence as Follows
from remit_dsl.watch_expressions import of_duty, of_watch
from remit_engine.analysis.difference.canonical import canonical
from remit_engine.analysis.difference.change import Weight
from remit_engine.analysis.difference.reading import Name, names_read
from remit_engine.analysis.difference.texts import label_text
from remit_engine.analysis.difference.things import Said, Thing
from remit_engine.explanation.quoting import condition_written, written

Sides = Iterator[tuple[str, Said]]


def watched_things(program: Program) -> dict[tuple[str, str], Thing]:
    """All watches and duties by kind and name."""
    found = [
        *(Thing("watch", w.name, dict(_watch(w, program)), w.span) for w in _watches(program)),
        *(Thing("duty", d.name, dict(_duty(d, program)), d.span) for d in program.duties),
    ]
    return {(t.kind, t.name): t for t in found}


def read_by_watching(program: Program) -> Iterator[tuple[str, frozenset[Name]]]:
    """Each watch and duty in words, with the parameters, tables and definitions that it reads."""
    for watch in _watches(program):
        yield f"watch {watch.short}", names_read(of_watch(watch), program)
    for duty in program.duties:
        yield f"duty {short(duty.name)}", names_read(of_duty(duty), program)


def _watches(program: Program) -> Sequence[Watch]:
    return tuple(program.watches.values())


# --- meaning, whatever the order of what is counted -----------------------------------------


def _key(e: Expression, counted: Mapping[str, str]) -> str:
    """The meaning of a condition, with what is counted written out."""
    return canonical(_spelt(e, counted))


def _spelt(node: Any, counted: Mapping[str, str]) -> Any:
    """An expression in which a computed fact has its meaning for a name, not a number."""
    match node:
        case Fact(path=("count" | "sequence" as kind, str(id))):
            return replace(node, path=(kind, counted[f"{kind} {id}"]))
        case tuple():
            return tuple(_spelt(part, counted) for part in node)
        case Span():
            return node
    if not (is_dataclass(node) and not isinstance(node, type)):
        return node
    parts = {f.name: getattr(node, f.name) for f in fields(node)}
    spelt = {name: _spelt(part, counted) for name, part in parts.items()}
    moved = {name: part for name, part in spelt.items() if part is not parts[name]}
    return replace(node, **moved) if moved else node


def _counted(counts: Sequence[Count], sequences: Sequence[Follows] = ()) -> dict[str, str]:
    """What every computed fact of a watch or of rows means."""
    found = {f"count {c.id}": _count(c) for c in counts}
    for s in sequences:
        where = canonical(s.where) if s.where is not None else ""
        keys = " ".join(map(_path, s.keys))
        told = f"{s.first} {s.second} by {keys} where {where} {_window(s.window)}"
        found[f"sequence {s.id}"] = told
    return found


def _count(c: Count) -> str:
    what = f"sum {_path(c.field)}" if c.field is not None else "count"
    where = canonical(c.where) if c.where is not None else ""
    return f"{what} of {c.event} by {_path(c.key)} where {where} {_window(c.window)}"


def _path(path: tuple[str, ...] | None) -> str:
    return ".".join(path) if path is not None else ""


def _window(window: Window) -> str:
    return f"{window.length or ''} {window.unit}".strip()


# --- watches -----------------------------------------------------------------------------------


def _watch(watch: Watch, program: Program) -> Sides:
    if watch.label is not None:
        text = label_text(watch.label)
        yield "label", Said(text, text, Weight.WORDING)
    by = f" by {_path(watch.by)}" if watch.by is not None else ""
    yield "on", Said(f"{watch.kind} {watch.on}{by}", f"{short(watch.on)}{by}")
    counted = _counted(watch.counts, watch.sequences)
    for rule in watch.rules:
        sides = dict(_rule(rule, counted, program))
        if rule.label is not None:
            yield from ((f"{rule.label}: {name}", said) for name, said in sides.items())
        else:
            yield from _nameless(sides)


def _nameless(sides: Mapping[str, Said]) -> Sides:
    """A rule without a label is told whole: it has no name but what it says."""
    said = {name: s for name, s in sides.items() if s.weight is not Weight.WORDING}
    key = "; ".join(f"{name} {s.key}" for name, s in said.items())
    text = ", ".join(f"{name} {s.text}" for name, s in said.items())
    yield f"rule {key}", Said(key, text, name="rule")


def _rule(rule: WatchRule, counted: Mapping[str, str], program: Program) -> Sides:
    rows = "" if rule.rows is None else _rows(rule.rows)
    condition = _condition(rule.condition, rule, program)
    text = condition
    if rule.rows is not None:
        whole = isinstance(rule.condition, Constant)  # nothing stands beside `stays` with an `and`
        text = _rows_text(rule.rows, rule, program) + ("" if whole else f", and {condition}")
    yield "when", Said(f"{_key(rule.condition, counted)} {rows}", text)
    if rule.until is not None:
        said = _condition(rule.until, rule, program)
        yield "until", Said(_key(rule.until, counted), said)
    if rule.notify:
        names = ", ".join(map(short, rule.notify))
        yield "notify", Said(" ".join(sorted(set(rule.notify))), names)
    yield from _restraints(rule.restraints)
    owner = f" to {short(rule.owner)}" if rule.owner else ""
    yield "raise", Said(f"{rule.severity} {rule.owner}", f"{rule.severity}{owner}")
    yield from _reasons(rule)


def _condition(e: Expression, rule: WatchRule, program: Program) -> str:
    """A condition as written, and what the names in it stand for."""
    named = {written(part.span, program): None for part in _elsewhere(e, rule.span)}
    told = condition_written(e, program)
    named.pop(told, None)
    return f"{told}, with {', '.join(named)}" if named else told


def _elsewhere(e: Expression, place: Span) -> Iterator[Expression]:
    """The largest parts of a condition that stand outside its rule: they were given a name."""
    if e.span.file == place.file and place.start <= e.span.start and e.span.end <= place.end:
        for child in children(e):
            yield from _elsewhere(child, place)
    else:
        yield e


def _rows(rows: Rows) -> str:
    counted = _counted(rows.counts)
    where = _key(rows.where, counted) if rows.where is not None else ""
    when = f"{rows.length} {rows.unit} after {rows.of}"
    condition = _key(rows.condition, counted)
    return f"{rows.event} by {_path(rows.key)} where {where} stays {condition} {when}"


def _rows_text(rows: Rows, rule: WatchRule, program: Program) -> str:
    told = _condition(rows.condition, rule, program)
    text = written(rows.span, program)
    return text if told in text else f"{text}, with {told}"


def _restraints(restraints: Sequence[Restraint]) -> Sides:
    """By what is done to which action: one may be held by two facts, or need two steps."""
    found: dict[str, list[Said]] = {}
    for restraint in restraints:
        name, said = _restraint(restraint)
        found.setdefault(name, []).append(said)
    for name, parts in found.items():
        key = "; ".join(sorted({said.key for said in parts}))
        yield name, Said(key, ", ".join(dict.fromkeys(said.text for said in parts)))


def _restraint(r: Restraint) -> tuple[str, Said]:
    place = f"by {_path(r.fact)}" + (f" = {_path(r.value)}" if r.value is not None else "")
    step = f"{r.verb} by {short(r.position)} on " if r.verb and r.position else ""
    key = f"{r.action} {r.verb} {r.position} {place}"
    return f"{r.kind} {short(r.action)}", Said(key, f"{step}{short(r.action)} {place}")


def _reasons(of: WatchRule | Duty) -> Sides:
    texts = {"because": label_text(of.because), "source": f'"{of.source}"' if of.source else ""}
    for name, text in texts.items():
        if text:
            yield name, Said(text, text, Weight.WORDING)


# --- duties ------------------------------------------------------------------------------------


def _duty(duty: Duty, program: Program) -> Sides:
    if duty.label is not None:
        text = label_text(duty.label)
        yield "label", Said(text, text, Weight.WORDING)
    who = f"{short(duty.position)} reports to {short(duty.to)}"
    yield "who", Said(f"{duty.position} {duty.to}", who)
    yield "frequency", _frequency(duty)
    if duty.event is not None:
        where = canonical(duty.where) if duty.where is not None else ""
        text = f"{short(duty.event)} by {_path(duty.by)}"
        if duty.where is not None:
            text += f" where {condition_written(duty.where, program)}"
        yield "with", Said(f"{duty.event} by {_path(duty.by)} where {where}", text)
    if duty.notify:
        names = ", ".join(map(short, duty.notify))
        yield "notify", Said(" ".join(sorted(set(duty.notify))), names)
    owner = f" to {short(duty.owner)}" if duty.owner else ""
    yield "raise", Said(f"{duty.severity} {duty.owner}", f"{duty.severity}{owner}")
    yield from _reasons(duty)


def _frequency(duty: Duty) -> Said:
    after = f" after {short(duty.after)} by {_path(duty.after_by)}" if duty.after else ""
    day = ""
    if duty.day is not None:
        day = f" by {WEEKDAYS[duty.day]}" if duty.frequency == "weekly" else f" by day {duty.day}"
    key = f"{duty.frequency} {duty.day} {duty.after} {_path(duty.after_by)}"
    return Said(key, f"{duty.frequency}{day}{after}")
