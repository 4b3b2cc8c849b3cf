"""What `remit diff` found, for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from shlex import quote
from typing import Any

from remit_api.cli.output import Part, Screen, plural
from remit_api.diff_document import Models, request_of, yaml_of
from remit_engine.analysis.difference.change import WORD, Change, Weight, parts
from remit_engine.analysis.difference.comparison import Compared, Verdict
from remit_engine.analysis.difference.difference import Difference
from remit_engine.analysis.difference.told import Told
from remit_engine.analysis.difference.witness import Witness
from remit_engine.explanation.naming import action_label

_STYLES = {"old": "red", "new": "green", "": ""}
_MOST_NAMES = 8


def show(found: Difference, models: Models, view: Screen) -> None:
    """The changes by what they are about, then what is answered differently."""
    if found.empty:
        view.line(("no difference in meaning", "bold green"))
        return
    changes = [c for c in found.changes if c.matters]
    compared = _by_action(found.compared)
    for heading, group in _grouped(changes, models).items():
        _heading(heading, view)
        for change in group:
            _change(change, view)
        _answers(compared.pop(group[0].about.action or "", []), models, view)
    for action, rest in compared.items():
        if view.verbose or any(c.verdict is not Verdict.SAME for c in rest):
            _heading(_action(action, models), view)
            _answers(rest, models, view)
    _wording(found.changes, view)
    _summary(found, view)


def _heading(text: str, view: Screen) -> None:
    view.line((text, "bold"))


def _grouped(changes: Iterable[Change], models: Models) -> dict[str, list[Change]]:
    """Things that serve several actions first, then action by action."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in sorted(changes, key=lambda c: c.about.action is not None):
        action = change.about.action
        heading = _action(action, models) if action else _plural(change.subject)
        found[heading].append(change)
    return found


def _plural(subject: str) -> str:
    if subject.endswith("ch"):
        return f"{subject}es"
    return f"{subject[:-1]}ies" if subject.endswith("y") else f"{subject}s"


def _action(action: str, models: Models) -> str:
    model = next(m for m in reversed(models) if action in m.program.actions)
    short = action.rsplit(".", 1)[-1]
    label = action_label(action, model, "en")
    return short if label == f"`{short}`" else f"{short}  {label}"


def _change(change: Change, view: Screen) -> None:
    said: list[Part] = [(text, _STYLES[style]) for text, style in parts(change)]
    view.line("  ", *said)
    if view.verbose:
        places = [str(p) for p in (change.old_place, change.new_place) if p is not None]
        if places:
            view.line(("    " + " -> ".join(dict.fromkeys(places)), "dim"))


# --- answers -----------------------------------------------------------------------------------


def _by_action(compared: Iterable[Compared]) -> dict[str, list[Compared]]:
    found: dict[str, list[Compared]] = defaultdict(list)
    for one in compared:
        found[one.question.action].append(one)
    return found


def _answers(compared: Iterable[Compared], models: Models, view: Screen) -> None:
    found = list(compared)
    shown = [c for c in found if c.witness is not None]
    own = [c for c in shown if c.question.direct or _apart(c) == "outcome"]
    own_and_more = [replace(c, witness=w) for c in own for w in (c.witness, *c.more)]
    for group in _alike(own_and_more, models):
        _witness(group, models, view)
    _sent_elsewhere([c for c in shown if c not in own], models, view)
    _unsettled([c for c in found if c.verdict is Verdict.UNKNOWN], view)
    same = [c for c in found if c.verdict is Verdict.SAME]
    if same and view.verbose:
        view.line((f"    proven to be answered alike: {_names(same, all_of_them=True)}", "dim"))
    view.line()


def _apart(compared: Compared) -> str:
    return "" if compared.witness is None else compared.witness.apart


def _alike(compared: Iterable[Compared], models: Models) -> list[list[Compared]]:
    """Those that one line can tell: the same answers to the same facts."""
    found: dict[object, list[Compared]] = defaultdict(list)
    for one in compared:
        if one.witness is not None:
            sides = _sides(one.witness)
            found[one.question.verb, sides, _asked(one.witness, models)].append(one)
    return list(found.values())


def _witness(group: list[Compared], models: Models, view: Screen) -> None:
    """Questions with the same answers, and a request that shows it."""
    witness = group[0].witness
    if witness is None:
        return
    old, new = _sides(witness)
    view.line(
        "    ",
        f"{_names(group)} {group[0].question.verb}: ",
        (old, "red"),
        " -> ",
        (new, "green"),
        (f"  {_asked(witness, models)}", "dim"),
    )
    if view.verbose:
        for line in yaml_of(witness, models).splitlines():
            view.line(("      " + line, "dim"))


def _sides(witness: Witness) -> tuple[str, str]:
    """Both answers, with that in which they differ."""
    return _told(witness.old, witness.apart), _told(witness.new, witness.apart)


def _told(told: Told, apart: str) -> str:
    shown = {
        "limit": told.limit or "no limit",
        "steps": "; ".join(told.steps) or "no step",
        "chain": ", ".join(p.rsplit(".", 1)[-1] for p in told.able) or "nobody",
    }
    more = shown.get(apart)
    return f"{told.outcome} ({more})" if more else told.outcome


def _who(compared: Compared) -> str:
    name = compared.question.position.rsplit(".", 1)[-1]
    return f"any other position (such as {name})" if compared.question.everybody else name


def _asked(witness: Witness, models: Models) -> str:
    """The facts of a request as words of the command line."""
    document = request_of(witness, models)
    words = [_said(k, v) for k, v in _flat(document.get("facts", {}), "")]
    actor = document.get("actor")
    if isinstance(actor, Mapping):
        for name, value in _flat(actor.get("attributes", {}), ""):
            words += ["--actor-attribute", _said(name, value)]
    requester = document.get("requester")
    if requester is not None:
        who = requester.get("position") if isinstance(requester, Mapping) else requester
        words += ["--requester", _word(who)]
    for name, value in (document.get("totals") or {}).items():
        words += ["--total", _said(name, _word(value))]
    return " ".join([*words, "--as-of", str(witness.request.as_of)])


def _said(name: str, value: str) -> str:
    """A fact as it is typed."""
    return f"{name}={value}" if value.isalnum() else f"{name}={quote(value)}"


def _flat(value: Any, path: str) -> Iterable[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield path, _word(value)
        return
    for name, inner in value.items():
        yield from _flat(inner, f"{path}.{name}" if path else str(name))


def _word(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(_word(v) for v in value)}]"
        case Mapping():
            return "{" + ", ".join(f"{k}: {_word(v)}" for k, v in value.items()) + "}"
    return str(value)


def _sent_elsewhere(compared: list[Compared], models: Models, view: Screen) -> None:
    """Those whose own right is as before, and who are sent to others; with one request."""
    for verb, group in _by_verb(compared).items():
        view.line("    ", f"{_names(group)} {verb}: sent to others than before, such as")
        for alike in _alike(group, models)[: None if view.verbose else 1]:
            _witness(alike[:1], models, view)


def _unsettled(compared: list[Compared], view: Screen) -> None:
    """What is neither shown nor proven, by its reason."""
    reasons: dict[tuple[str, str], list[Compared]] = defaultdict(list)
    for one in compared:
        reasons[one.question.verb, one.why or ""].append(one)
    for (verb, why), group in reasons.items():
        view.line("    ", (f"{_names(group)} {verb}: not settled", "yellow"), (f", {why}", "dim"))


def _by_verb(compared: Iterable[Compared]) -> dict[str, list[Compared]]:
    found: dict[str, list[Compared]] = defaultdict(list)
    for one in compared:
        found[one.question.verb].append(one)
    return found


def _names(compared: list[Compared], *, all_of_them: bool = False) -> str:
    names = list(dict.fromkeys(_who(c) for c in compared))
    more = len(names) - _MOST_NAMES
    if more <= 1 or all_of_them:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {more} more"


# --- the end -----------------------------------------------------------------------------------


def _wording(changes: Sequence[Change], view: Screen) -> None:
    worded = [c for c in changes if c.weight is Weight.WORDING]
    if worded:
        moved = any(c.subject == WORD for c in changes)
        more = "nothing but what the words above mean" if moved else "nothing"
        _heading(f"wording alone, which decides {more}", view)
        for change in worded:
            _change(change, view)
        view.line()


def _summary(found: Difference, view: Screen) -> None:
    if not found.matters:
        view.line(("no difference in meaning", "bold green"), ", the wording aside")
        return
    count = sum(c.matters for c in found.changes)
    said = [plural(count, "difference")]
    for verdict, words in (
        (Verdict.DIFFERS, "answered differently"),
        (Verdict.SAME, "proven to be answered alike"),
        (Verdict.UNKNOWN, "not settled"),
    ):
        number = sum(c.verdict is verdict for c in found.compared)
        if number:
            said.append(f"{plural(number, 'question')} {words}")
    view.line((said[0], "bold"), "".join(f", {part}" for part in said[1:]))
