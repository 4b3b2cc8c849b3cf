"""Whether something is left of a rule besides others, where the cover alone cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

from remit_engine.analysis.answer import Asked, Status
from remit_engine.analysis.goal import Applies, both, neither
from remit_engine.analysis.grid import Cell
from remit_engine.analysis.judgement import POSSIBLE, SURE
from remit_engine.analysis.prober import Prober, Sought
from remit_engine.analysis.replay import asked, verdict
from remit_engine.analysis.space import Space
from remit_engine.judging.ruling import within
from remit_engine.request import Request
from remit_engine.rules.ir import GRANT, Rule


def left(
    prober: Prober,
    space: Space,
    rule: Rule,
    others: tuple[str, Sequence[Rule]],
    position: str,
    cell: Cell | None,
) -> bool | None:
    """True when some request meets the rule and none of the others (each in the mode given).

    cell: what the cover found, None for nothing. A cell that reads values which hang on one another
    may be empty: then a request is looked for. None when that could not be settled.
    """
    if cell is None or not space.loose(cell):
        return cell is not None
    mode, rivals = others
    goal = both(Applies(SURE, (rule,), position), neither(Applies(mode, tuple(rivals), position)))

    def shows(request: Request) -> tuple[Asked, ...]:
        if not applies(rule, request, space, SURE):
            return ()
        if any(applies(r, request, space, mode) for r in rivals):
            return ()
        return (asked(request, space.model),)

    found = prober.find(space, Sought(rule.verb, position, goal, shows))
    return None if found.status is Status.UNKNOWN else found.status is Status.REFUTED


def applies(rule: Rule, request: Request, space: Space, mode: str) -> bool:
    """What the interpreter says of one rule: surely, or possibly."""
    found = verdict(rule, request, space.model)
    if found is None:
        return False
    truth = within(found) if rule.kind == GRANT else found.applies
    return truth is not False if mode == POSSIBLE else truth is True
