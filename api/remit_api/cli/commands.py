"""The commands of `remit`, each read from its own file when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getdoc
from typing import Any

import typer
from typer.main import get_command

from remit_api.cli.exit_codes import epilog
from remit_api.failures import WrongUse
from remit_dsl.suggest import nearest

ASK, WRITE = "Ask", "Write and check policies"


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command is: its module below `remit_api.cli` and its function."""

    module: str
    function: str
    panel: str


COMMANDS: dict[str, Command] = {
    "decide": Command("decide", "decide", ASK),
    "max": Command("max", "max_", ASK),
    "who": Command("who", "who", ASK),
    "may": Command("may", "may", ASK),
    "value": Command("value", "value", ASK),
    "matrix": Command("matrix", "matrix", ASK),
    "scorecard": Command("scorecard", "scorecard", ASK),
    "allocation": Command("allocation", "allocation", ASK),
    "init": Command("init", "init", WRITE),
    "check": Command("check", "check", WRITE),
    "prove": Command("prove", "prove", WRITE),
    "diff": Command("diff", "diff", WRITE),
    "impact": Command("impact", "impact", WRITE),
    "fmt": Command("fmt", "fmt", WRITE),
    "test": Command("test", "run_tests", WRITE),
    "explain": Command("explain", "explain", WRITE),
}


@cache
def load(name: str) -> Any:
    """The command of a name, ready to run."""
    command = COMMANDS[name]
    module = import_module(f"remit_api.cli.{command.module}")
    alone = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    function = getattr(module, command.function)
    described = alone.command(
        name, help=_reflowed(function), rich_help_panel=command.panel, epilog=epilog()
    )
    described(function)
    return get_command(alone)


def _reflowed(function: Any) -> str:
    """A docstring with each paragraph on one line, to be wrapped by the terminal's width."""
    paragraphs = (getdoc(function) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def unknown(name: str) -> WrongUse:
    """The failure for a command there is not."""
    near = nearest(name, COMMANDS)
    help = f"did you mean `{near}`?" if near else "`remit --help` lists the commands"
    return WrongUse(f"there is no command `{name}`", help)
