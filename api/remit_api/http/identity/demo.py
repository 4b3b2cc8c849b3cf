"""Three ready identities, for a service that nobody but this machine can reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from remit_api.http.identity.key_text import KeyText, new_key
from remit_engine.people.directory import Directory
from remit_engine.people.party import Party
from remit_engine.rules.ir import Model
from remit_engine.storage.api_keys import ApiKey

ROLES = ("representative", "finance", "administrator")


@dataclass(frozen=True, slots=True)
class DemoIdentity:
    """A person of the directory with a role and a key; None where the directory has nobody."""

    role: str
    person: str | None
    name: str
    key: KeyText

    def kept(self) -> ApiKey:
        """As a key ring takes it."""
        made = datetime.now(UTC)
        roles = frozenset({self.role})
        return ApiKey(
            self.key.id, self.key.digest, self.name, self.person, roles, frozenset(), made, "demo"
        )


def demo_identities(model: Model, directory: Directory, day: date) -> tuple[DemoIdentity, ...]:
    """One identity a role, of three people where there are so many: a representative is somebody
    to whom nobody reports, for finance somebody whose position or unit says so is preferred."""
    parties = [p for id in sorted(directory.people) if (p := directory.party(id, day)) is not None]
    active = [party for party in parties if party.holdings]
    taken: list[str] = []
    made = []
    for role in ROLES:
        found = next((p for p in _by_fitness(role, active, model) if p.person not in taken), None)
        person = None if found is None else found.person
        taken.append(person or "")
        name = "demo " + role if found is None else found.shown
        made.append(DemoIdentity(role, person, name, new_key()))
    return tuple(made)


def _by_fitness(role: str, parties: list[Party], model: Model) -> Iterator[Party]:
    superiors = {above for line in model.superiors.values() for above in line}

    def unfit(party: Party) -> tuple[int, str]:
        words = " ".join(f"{h.position} {h.unit or ''}" for h in party.holdings)
        finance = "finance" in words
        leads = not party.positions.isdisjoint(superiors)
        reports = any(model.superiors.get(p) for p in party.positions)
        sells = "sales_rep" in words or "salesperson" in words
        fits = {
            "representative": (leads, finance, not reports, not sells),
            "finance": (not finance,),
            "administrator": (finance, "office" not in words, not leads),
        }[role]
        return sum(n << i for i, n in enumerate(reversed(fits))), party.person or ""

    yield from sorted(parties, key=unfit)
