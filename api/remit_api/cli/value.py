"""`remit value NAME`: a definition, table or parameter computed from facts, with its trace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import (
    ActorOption,
    AsOf,
    DirectoryFile,
    FactsDocument,
    Json,
    NoDirectory,
    Policies,
    ValueWords,
    Verbose,
)
from remit_api.cli.output import Screen, screen
from remit_api.cli.session import Asked, open_session, stray
from remit_api.facts import is_fact
from remit_api.failures import WrongUse
from remit_api.values import read_value_facts
from remit_dsl.program import Program
from remit_engine.explanation.wire import to_json
from remit_engine.values import ValueAnswer


def value(
    words: ValueWords = None,
    policy: Policies = None,
    actor: ActorOption = None,
    directory: DirectoryFile = None,
    no_directory: NoDirectory = False,
    as_of: AsOf = None,
    facts: FactsDocument = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Compute a definition, a table or a parameter on a day, and show what it was made of."""
    view = screen(as_json=as_json, verbose=verbose)
    name, rest = _named(words or ())
    asked = Asked(rest, policy or (), directory, no_directory, actor, as_of=as_of, facts=facts)
    session = open_session(asked, view)
    engine = session.loaded.engine
    try:
        fields = engine.value_facts(name)
    except KeyError:
        known = _values(session.loaded.program)
        raise stray(name, known, "definition, table or parameter") from None
    except ValueError as fault:
        raise WrongUse(str(fault), "write its full name") from None
    read = read_value_facts(session.question, fields, engine.model, engine.directory, session.today)
    found = engine.value(name, read, session.today)
    if as_json:
        view.data({**to_json(found), "policy": {"digest": session.loaded.program.digest}})
    else:
        _show(found, view)
    return ExitCode.INCOMPLETE if found.missing else _exit(found)


def _exit(found: ValueAnswer) -> ExitCode:
    return ExitCode.UNDEFINED if found.faults else ExitCode.OK


def _named(words: Sequence[str]) -> tuple[str, list[str]]:
    """The name asked for (the last word that is neither a fact nor a path), and the others."""
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        if not is_fact(word) and not Path(word).exists():
            return word, [*words[:at], *words[at + 1 :]]
    help = "name a definition, table or parameter: `remit value manager_discount`"
    raise WrongUse("no value was named", help)


def _values(program: Program) -> list[str]:
    every = (*program.definitions, *program.tables, *program.parameters)
    return [name.rsplit(".", 1)[-1] for name in every]


def _show(found: ValueAnswer, view: Screen) -> None:
    short = found.name.rsplit(".", 1)[-1]
    if found.missing:
        missing = ", ".join(found.missing)
        view.line((f"{short} cannot be computed without {missing}", "bold cyan"))
    elif found.faults:
        view.line((f"{short} has no value: {'; '.join(found.faults)}", "bold magenta"))
    else:
        view.line((f"{short} = {found.text}", "bold green"))
    view.line()
    for name, text in found.trace:
        if name != short:
            view.line(f"  {name} = {text}")
    place = f"{found.file}:{found.line}"
    view.line((f"  as of {found.as_of}, written in {place}", "dim"))
