"""Alerts as a person reads them, and the counts at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from remit_api.cli.output import Part, Screen, plural
from remit_api.failures import shown as problem_shown
from remit_api.watching.following import Following
from remit_dsl.program import Program
from remit_dsl.scope.qualified import short
from remit_dsl.watch import Restraint
from remit_engine.watch.alert import Alert, Compared, Happening, Turn

STYLES = {"info": "cyan", "warning": "yellow", "critical": "bold red"}
MOST_REFUSED = 20
INDENT = " " * 12


@dataclass(slots=True)
class Shown:
    """What of the alerts is shown, and how. rule: a rule, a watch or a duty, by its name."""

    program: Program
    language: str
    rule: str | None = None
    subject: str | None = None
    brief: bool = False

    def wants(self, alert: Alert) -> bool:
        """True for what is to be shown one by one."""
        if self.brief or (self.subject is not None and alert.subject != self.subject):
            return False
        return self.rule is None or names(alert.rule, self.rule)

    @property
    def known(self) -> list[str]:
        """The ids of all rules and duties, in the order of the text."""
        rules = [r.id for w in self.program.watches.values() for r in w.rules]
        return rules + [d.name for d in self.program.duties]

    def name(self, alert: Alert) -> str:
        """A rule by its watch and label, without the policy."""
        policy = self._policy(alert)
        return alert.rule.removeprefix(f"{policy}.")

    def _policy(self, alert: Alert) -> str:
        watch = self.program.watches.get(alert.watch)
        if watch is not None:
            return watch.policy
        return next((d.policy for d in self.program.duties if d.name == alert.watch), "")

    def happening(self, happening: Happening, view: Screen) -> None:
        """One line, and for what begins why and to whom below it."""
        alert = happening.alert
        word = alert.severity if happening.turn is Turn.BEGUN else happening.turn.value
        style = STYLES[alert.severity] if happening.turn is Turn.BEGUN else "green"
        day = _day(happening)
        whom = f"{self.name(alert)}  {_subject(alert)}"
        view.line(f"{day.isoformat()}  ", (f"{word:<9}", style), f"  {whom}", *_tail(happening))
        if happening.turn is Turn.BEGUN:
            for sentence in self._why(alert):
                view.line(INDENT, sentence)

    def _why(self, alert: Alert) -> Iterator[str]:
        if alert.because is not None:
            yield alert.because.localized(self.language)
        for compared in alert.compared:
            yield _compared(compared)
        if alert.people or alert.notify:
            positions = ", ".join(map(short, alert.notify))
            people = ", ".join(alert.people) or "nobody holds it"
            yield f"told: {people} ({positions})" if positions else f"told: {people}"
        for restraint in alert.restraints:
            yield _restraint(restraint)

    def summary(self, following: Following, matcher: str, view: Screen) -> None:
        """How many alerts of which rule, how many lines, and which were refused."""
        alerts = following.watcher.alerts
        if alerts:
            if not self.brief:
                view.line()
            self._table(alerts, view)
            view.line()
        view.line(*_counts(following, matcher))
        for refused in following.refused[:MOST_REFUSED]:
            said = "; ".join(map(problem_shown, refused.refused.problems))
            view.note(("refused", "bold red"), f"  line {refused.line}: {said}")
        more = following.counts["refused"] - MOST_REFUSED
        if more > 0:
            view.note(f"         and {more:,} more")

    def _table(self, alerts: tuple[Alert, ...], view: Screen) -> None:
        """Rules in the order of the text."""
        begun: Counter[str] = Counter(self.name(a) for a in alerts)
        still: Counter[str] = Counter(self.name(a) for a in alerts if a.cleared is None)
        severity = {self.name(a): a.severity for a in alerts}
        rows = [
            (name, severity[name], f"{begun[name]:,}", f"{still[name]:,}")
            for name in self._ordered(begun)
        ]
        view.table(("rule", "severity", "alerts", "open"), rows)

    def _ordered(self, begun: Mapping[str, int]) -> list[str]:
        known = [
            *(r.id.removeprefix(f"{w.policy}.") for w in self.program.watches.values()
              for r in w.rules),
            *(d.name.removeprefix(f"{d.policy}.") for d in self.program.duties),
        ]  # fmt: skip
        return [name for name in dict.fromkeys(known) if name in begun]


def names(rule: str, wanted: str) -> bool:
    """Whether a rule is the one that is wanted, or of the watch that is."""
    return f".{rule}.".find(f".{wanted}.") >= 0


def _day(happening: Happening) -> date:
    """The day on which it was so; of what the log takes back, the day on which that is told."""
    alert = happening.alert
    if happening.turn is Turn.BEGUN:
        return alert.began
    return alert.cleared if happening.turn is Turn.CLEARED and alert.cleared else happening.told


def _subject(alert: Alert) -> str:
    return _seen(alert.subject if alert.row is None else f"{alert.subject}, {alert.row}")


def _seen(text: str) -> str:
    """A text of the log on one line, so that it cannot look like lines of ours."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _tail(happening: Happening) -> Iterator[Part]:
    alert = happening.alert
    if happening.turn is not Turn.BEGUN:
        yield (f"  since {alert.began.isoformat()}", "dim")
    elif alert.late:
        yield (f"  said late, on {happening.told.isoformat()}", "dim")


def _compared(compared: Compared) -> str:
    left, right = compared.left or "unknown", compared.right or "unknown"
    return _seen(f"{compared.text}: {left} against {right}")


def _restraint(restraint: Restraint) -> str:
    action = short(restraint.action)
    if restraint.kind == "freeze":
        return f"{action} is frozen"
    return f"{action} needs {restraint.verb} by {short(restraint.position or '')}"


def _counts(following: Following, matcher: str) -> Iterator[Part]:
    counts = following.counts
    yield (plural(following.lines, "line"), "bold")
    late, copies, refused = counts["late"], counts["copy"], counts["refused"]
    yield f": {counts['accepted'] + late:,} taken"
    if late:
        yield f" ({late:,} late)"
    if copies:
        yield f", {copies:,} told before"
    if counts["after"]:
        yield f", {counts['after']:,} of later days left alone"
    if refused:
        yield (f", {refused:,} refused", "bold red")
    today = following.watcher.today
    yield f", as of {today.isoformat()}" if today is not None else ""
    yield (f" (matched by {matcher})", "dim")
    wrong = following.watcher.mismatches
    if wrong:
        yield (f"; {plural(wrong, 'answer')} of it corrected", "bold red")
