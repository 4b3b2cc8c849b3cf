"""Who may, what about, and which actions: each candidate is asked as an evaluation would ask it,
so that what is found is what would be permitted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from remit_api.http.authzen.asked import ACTION, RESOURCE, SUBJECT, Act, Asked, Entity, asked_of
from remit_api.http.authzen.evaluation import Answer, Point
from remit_api.http.authzen_mapping import PERSON
from remit_api.http.paging import cursor_of, read_cursor
from remit_api.http.refusals import NotUnderstood
from remit_engine.explanation.naming import allowed_values
from remit_engine.reading.exact import shown
from remit_engine.reading.request_reader import fact_type
from remit_engine.request import InvalidRequest, Problem
from remit_engine.rules.names import is_person, names_of

ID = ("resource", "id")
MOST = 1_000
"""How many candidates are looked at for one page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part is asked for. limit: results at most. after: the candidate behind which it
    begins."""

    limit: int
    after: str


def subjects(document: Mapping[str, Any], point: Point) -> Answer:
    """The subjects of a type that may; what the directory and the mapping say of them counts."""
    asked = asked_of(document, SUBJECT)
    type = asked.subject.type

    def one(id: str) -> Asked:
        return replace(asked, subject=Entity(type, id))

    found = _subject_ids(type, point)
    return _page(found, one, lambda id: {"type": type, "id": id}, document, point)


def resources(document: Mapping[str, Any], point: Point) -> Answer:
    """The resources of a type that it may be done with: of those the mapping knows, and of all
    there can be where the policy says so of the fact that the id is."""
    asked = asked_of(document, RESOURCE)
    type = asked.resource.type

    def one(id: str) -> Asked:
        return replace(asked, resource=Entity(type, id))

    found = _resource_ids(type, point)
    return _page(found, one, lambda id: {"type": type, "id": id}, document, point)


def actions(document: Mapping[str, Any], point: Point) -> Answer:
    """The names of the actions that the subject may do with the resource."""
    asked = asked_of(document, ACTION)

    def one(name: str) -> Asked:
        return replace(asked, action=Act(name))

    found = _action_names(asked.resource.type, point)
    return _page(found, one, lambda name: {"name": name}, document, point)


def _subject_ids(type: str, point: Point) -> Sequence[str]:
    kind = point.mapping.subjects.get(type)
    if kind is None:
        return ()
    of_policy = point.desk.model.program.positions
    return sorted(point.desk.directory.people if kind == PERSON else of_policy)


def _resource_ids(type: str, point: Point) -> Sequence[str]:
    kind, model = point.mapping.resource(type), point.desk.model
    named = names_of(model).actions.find(kind.action) if kind else ()
    if kind is None or len(named) != 1:
        return ()
    sources = {"id": ID} if kind.facts is None else kind.facts
    found = set(kind.known)
    for fact, source in sources.items():
        if source == ID:
            found.update(_values(named[0], fact, point))
    return sorted(found)


def _values(action: str, fact: str, point: Point) -> Iterable[str]:
    """All values of a fact, where they can be listed: of an enum, or people of the directory."""
    model = point.desk.model
    try:
        type = fact_type(model, action, fact)
    except InvalidRequest:  # the action has no such fact
        return ()
    if is_person(type):
        return point.desk.directory.people
    return allowed_values(type, model) if type.kind == "enum" else ()


def _action_names(type: str, point: Point) -> Sequence[str]:
    """The verbs that some rule on the action speaks about, as the mapping calls them."""
    kind, model = point.mapping.resource(type), point.desk.model
    named = names_of(model).actions.find(kind.action) if kind else ()
    if kind is None or len(named) != 1:
        return ()
    if kind.verbs is not None:
        return sorted(kind.verbs)
    return sorted({verb for rule in model.actions[named[0]].rules for verb in rule.verbs})


def _page(
    candidates: Sequence[str],
    one: Callable[[str], Asked],
    shape: Callable[[str], Answer],
    document: Mapping[str, Any],
    point: Point,
) -> Answer:
    """A page of the candidates, in their order; `page` is there only where others follow."""
    page = _page_of(document)
    results: list[Answer] = []
    rest = [candidate for candidate in candidates if candidate > page.after]
    for number, candidate in enumerate(rest, 1):
        if point.permits(one(candidate)):
            results.append(shape(candidate))
        if number < len(rest) and (len(results) == page.limit or number == MOST):
            return {"results": results, "page": {"next_token": cursor_of(candidate)}}
    return {"results": results}


def _page_of(document: Mapping[str, Any]) -> Page:
    """The page asked for; raises NotUnderstood. A token that no page gave begins anew."""
    given = document.get("page", {})
    if not isinstance(given, Mapping):
        raise _wrong("page", f"`{shown(given)}` is not an object")
    limit, token = given.get("limit", MOST), given.get("token", "")
    if type(limit) is not int or limit < 1:
        raise _wrong("page.limit", f"`{shown(limit)}` is not a number from 1 up")
    if not isinstance(token, str):
        raise _wrong("page.token", f"`{shown(token)}` is not a text")
    return Page(min(limit, MOST), _after(token))


def _after(token: str) -> str:
    try:
        key = read_cursor(token) if token else ""
    except NotUnderstood:
        return ""
    return key if isinstance(key, str) else ""


def _wrong(path: str, message: str) -> NotUnderstood:
    problems = [Problem(path, message)]
    return NotUnderstood("the request cannot be understood", problems=problems)
