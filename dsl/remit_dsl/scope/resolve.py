"""Names: which declarations there are, and which of them a policy sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from remit_dsl import syntax
from remit_dsl.diagnostics import Related
from remit_dsl.scope.findings import Findings, did_you_mean
from remit_dsl.source import Span

SPACES = {
    syntax.Enum: "type",
    syntax.Record: "type",
    syntax.Parameter: "value",
    syntax.Define: "value",
    syntax.Table: "value",
    syntax.Position: "position",
    syntax.Action: "action",
    syntax.Event: "event",
    syntax.Commission: "plan",
    syntax.Scorecard: "scorecard",
    syntax.Allocation: "allocation",
    syntax.Watch: "watch",
}
UNKNOWN = {
    "type": ("E0203", "type"),
    "value": ("E0202", "name"),
    "position": ("E0206", "position"),
    "action": ("E0207", "action"),
    "event": ("E0901", "event"),
    "plan": ("E0902", "plan"),
    "allocation": ("E0903", "allocation"),
}
Named = (
    syntax.Enum | syntax.Record | syntax.Parameter | syntax.Define | syntax.Table
    | syntax.Position | syntax.Action | syntax.Event | syntax.Commission | syntax.Scorecard
    | syntax.Allocation | syntax.Watch
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A declared name; `name` is qualified, `span` the place of the name."""

    name: str
    policy: str
    span: Span
    node: Named

    @property
    def short(self) -> str:
        """The bare name."""
        return self.node.name.text


@dataclass(slots=True)
class Names:
    """What one policy declares, by space and bare name."""

    header: syntax.Policy
    file: syntax.File
    spaces: dict[str, dict[str, Symbol]] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    """Names whose declaration is in the text but could not be read: never reported as unknown."""

    @property
    def policy(self) -> str:
        """The name of the policy."""
        return self.header.name.text

    def symbols(self, space: str) -> dict[str, Symbol]:
        """The names of one space."""
        return self.spaces.get(space, {})


def collect(
    header: syntax.Policy, file: syntax.File, lost: frozenset[str], findings: Findings
) -> Names:
    """The named declarations of one file; the first of two with one name counts."""
    names = Names(header, file, lost=lost)
    for node in file.declarations:
        space = SPACES.get(type(node))
        if space is None:
            continue
        _enter(names, space, node, findings)  # type: ignore[arg-type]
    return names


def _enter(names: Names, space: str, node: Named, findings: Findings) -> None:
    bare = node.name.text
    if isinstance(node, syntax.Record) and bare == "Person":
        return  # one for the whole program, see declarations
    known = names.spaces.setdefault(space, {})
    if bare in known:
        duplicate(findings, node.name, known[bare].span)
    else:
        known[bare] = Symbol(f"{names.policy}.{bare}", names.policy, node.name.span, node)


def duplicate(findings: Findings, name: syntax.Name, first: Span, where: str = "") -> None:
    """Report a name that is taken."""
    place = Related(first, "first declared here")
    findings.add(name.span, "E0201", f"`{name.text}` is declared twice{where}", None, [place])


class Lookup(NamedTuple):
    """A symbol, the parts of the name after it, and a rival of the same name if there is one."""

    symbol: Symbol
    rest: tuple[str, ...]
    rival: Symbol | None = None


class Scope:
    """What one policy sees: its own names first, then those of the policies it uses."""

    def __init__(self, own: Names, used: Iterable[Names], loaded: dict[str, Names]) -> None:
        self.own = own
        self.reach = {n.policy: n for n in (own, *used)}
        self.loaded = loaded
        self.blind = False  # a used policy is not loaded: unknown names may be its
        self._merged = {space: self._merge(space) for space in set(SPACES.values())}

    @property
    def policy(self) -> str:
        """The name of the policy."""
        return self.own.policy

    @property
    def currency(self) -> str | None:
        """The currency of money without a written one."""
        return self.own.header.currency

    def _merge(self, space: str) -> dict[str, tuple[Symbol, Symbol | None]]:
        merged: dict[str, tuple[Symbol, Symbol | None]] = {}
        for names in self.reach.values():
            if names is self.own:
                continue
            for bare, symbol in names.symbols(space).items():
                merged[bare] = (merged[bare][0], symbol) if bare in merged else (symbol, None)
        return merged | {b: (s, None) for b, s in self.own.symbols(space).items()}

    def lookup(self, space: str, parts: tuple[str, ...]) -> Lookup | None:
        """The declaration a dotted name begins with, or None."""
        for i in range(len(parts) - 1, 0, -1):
            names = self.reach.get(".".join(parts[:i]))
            if names is not None and parts[i] in names.symbols(space):
                return Lookup(names.symbols(space)[parts[i]], parts[i + 1 :])
        hit = self._merged[space].get(parts[0])
        return Lookup(hit[0], parts[1:], hit[1]) if hit else None

    def visible(self, space: str) -> Iterator[Symbol]:
        """All symbols of a space that a bare name may mean."""
        return (symbol for symbol, _ in self._merged[space].values())

    def require(
        self, space: str, name: syntax.QName, findings: Findings, others: Iterable[str] = ()
    ) -> Symbol | None:
        """The symbol a name must mean; what is wrong with the name is reported. others: words
        that may have been meant as well."""
        hit = self.lookup(space, name.parts)
        if hit is None or hit.rest:
            self.unknown(space, name.parts, name.span, findings, others)
            return None
        if self.ambiguous(hit, name.span, findings):
            return None
        return hit.symbol

    def ambiguous(self, hit: Lookup, span: Span, findings: Findings) -> bool:
        """Report a bare name that two used policies declare."""
        if hit.rival is None:
            return False
        both = [Related(s.span, f"declared here in `{s.policy}`") for s in (hit.symbol, hit.rival)]
        findings.add(
            span,
            "E0209",
            f"`{hit.symbol.short}` may mean `{hit.symbol.name}` or `{hit.rival.name}`",
            "write the full name",
            both,
        )
        return True

    def excused(self, bare: str) -> bool:
        """True when an unknown name is the consequence of a fault reported elsewhere."""
        return self.blind or any(bare in names.lost for names in self.reach.values())

    def unknown(
        self,
        space: str,
        parts: tuple[str, ...],
        span: Span,
        findings: Findings,
        others: Iterable[str] = (),
    ) -> None:
        """Report an unknown name with the likeliest cure; `others` are further candidates."""
        if self.excused(parts[0]) or self.excused(parts[-1]):
            return
        code, word = UNKNOWN[space]
        prefix = ".".join(parts[:-1])
        if prefix in self.loaded and prefix not in self.reach:
            findings.add(
                span, "E0210", f"policy `{prefix}` is not used here", f"add `use {prefix}`"
            )
            return
        text = ".".join(parts)
        help = self._elsewhere(space, parts) or self._near(space, parts, others)
        findings.add(span, code, f"unknown {word} `{text}`", help)

    def _elsewhere(self, space: str, parts: tuple[str, ...]) -> str | None:
        for policy, names in self.loaded.items():
            if policy not in self.reach and parts[0] in names.symbols(space):
                return f"`{parts[0]}` is declared in policy `{policy}`: add `use {policy}`"
        return None

    def _near(self, space: str, parts: tuple[str, ...], others: Iterable[str]) -> str | None:
        prefix, names = ".".join(parts[:-1]), None
        if prefix:
            names = self.reach.get(prefix)
        if names is not None:
            return did_you_mean(parts[-1], list(names.symbols(space)))
        return did_you_mean(".".join(parts), [*(s.short for s in self.visible(space)), *others])


def scopes(loaded: dict[str, Names], lost: set[str], findings: Findings) -> dict[str, Scope]:
    """The scope of every loaded policy; `lost` ones had faults that are reported already."""
    return {policy: _scope(names, loaded, lost, findings) for policy, names in loaded.items()}


def _scope(names: Names, loaded: dict[str, Names], lost: set[str], findings: Findings) -> Scope:
    used: dict[str, Names] = {}
    blind = False
    for name in (n for use in names.file.uses for n in use.names):
        if name.text in loaded:
            used.setdefault(name.text, loaded[name.text])
            continue
        if name.text in lost:
            blind = True
            continue
        help = did_you_mean(name.text, loaded)
        findings.add(name.span, "E0106", f"unknown policy `{name.text}`", help or _LOAD_IT)
        guess = help.split("`")[1] if help else None
        blind = blind or guess is None
        if guess:
            used.setdefault(guess, loaded[guess])
    used.pop(names.policy, None)
    scope = Scope(names, used.values(), loaded)
    scope.blind = blind
    return scope


_LOAD_IT = "load the file that declares it too"
