"""The commands of `remit`, each read from its own file when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from inspect import getdoc
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from remit_api.cli.exit_codes import epilog
from remit_api.failures import WrongUse
from remit_dsl.suggest import nearest

ASK, WRITE, WATCH, PAY, SERVE = "Ask", "Write and check policies", "Watch", "Pay", "Serve"


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command is: its module below `remit_api.cli` and its function. commands: those it is
    a group of, then it has no function of its own."""

    module: str
    function: str
    panel: str
    help: str = ""
    commands: Mapping[str, Command] = field(default_factory=dict)


DISPUTES: dict[str, Command] = {
    "open": Command("commission.dispute_open", "dispute_open", PAY),
    "answer": Command("commission.dispute_answer", "dispute_answer", PAY),
    "withdraw": Command("commission.dispute_withdraw", "dispute_withdraw", PAY),
    "list": Command("commission.dispute_list", "dispute_list", PAY),
}
COMMISSION: dict[str, Command] = {
    "run": Command("commission.run", "run", PAY),
    "explain": Command("commission.explain", "explain", PAY),
    "whatif": Command("commission.whatif", "whatif", PAY),
    "close": Command("commission.close", "close", PAY),
    "statements": Command("commission.statements", "statements", PAY),
    "differences": Command("commission.differences", "differences", PAY),
    "dispute": Command("", "", PAY, "Say that a line or a statement is not right.", DISPUTES),
    "verify": Command("commission.verify", "verify", PAY),
}
KEYS: dict[str, Command] = {
    "create": Command("key.create", "create", SERVE),
    "list": Command("key.list_keys", "list_keys", SERVE),
    "revoke": Command("key.revoke", "revoke", SERVE),
}
DATABASE: dict[str, Command] = {
    "upgrade": Command("db.upgrade", "upgrade", SERVE),
    "backup": Command("db.backup", "backup", SERVE),
    "verify": Command("db.verify", "verify", SERVE),
}
COMMANDS: dict[str, Command] = {
    "decide": Command("decide", "decide", ASK),
    "max": Command("max", "max_", ASK),
    "who": Command("who", "who", ASK),
    "may": Command("may", "may", ASK),
    "value": Command("value", "value", ASK),
    "matrix": Command("matrix", "matrix", ASK),
    "scorecard": Command("scorecard", "scorecard", PAY),
    "allocation": Command("allocation", "allocation", PAY),
    "init": Command("init", "init", WRITE),
    "check": Command("check", "check", WRITE),
    "prove": Command("prove", "prove", WRITE),
    "diff": Command("diff", "diff", WRITE),
    "impact": Command("impact", "impact", WRITE),
    "fmt": Command("fmt", "fmt", WRITE),
    "test": Command("test", "run_tests", WRITE),
    "explain": Command("explain", "explain", WRITE),
    "watch": Command("watch", "watch", WATCH),
    "commission": Command(
        "", "", PAY, "What plans pay people, and why: run, explain, whatif, close.", COMMISSION
    ),
    "serve": Command("serve", "serve", SERVE),
    "key": Command("", "", SERVE, "Keys to the service: create, list, revoke.", KEYS),
    "db": Command("", "", SERVE, "The store: bring it up to date, copy it, verify it.", DATABASE),
}


def load(name: str) -> Any:
    """The command of a name, ready to run."""
    return _load(name, COMMANDS[name])


def group(commands: Mapping[str, Command], path: str) -> type[TyperGroup]:
    """A class of groups that read a command's module only when the command is asked for, so that
    each starts as fast as it can. path: what stands before the command."""

    class Group(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return list(commands)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return _load(cmd_name, commands[cmd_name]) if cmd_name in commands else None

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if args and not args[0].startswith("-") and args[0] not in commands:
                raise unknown(args[0], commands, path)
            return super().resolve_command(ctx, args)

    return Group


_LOADED: dict[tuple[str, str], Any] = {}


def _load(name: str, command: Command) -> Any:
    key = (command.module, name)
    if key not in _LOADED:
        _LOADED[key] = _group(name, command) if command.commands else _function(name, command)
    return _LOADED[key]


def _function(name: str, command: Command) -> Any:
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


def _group(name: str, command: Command) -> Any:
    path = f"remit {name}" if name in COMMANDS else f"remit commission {name}"
    alone = typer.Typer(
        name=name,
        cls=group(command.commands, path),
        help=command.help,
        epilog=epilog(),
        rich_help_panel=command.panel,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )

    @alone.callback()
    def _start() -> None:
        """A group does nothing by itself."""

    made: Any = get_command(alone)
    made.rich_help_panel = command.panel  # the help of a group reads it from the command
    return made


def _reflowed(function: Any) -> str:
    """A docstring with each paragraph on one line, to be wrapped by the terminal's width."""
    paragraphs = (getdoc(function) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def unknown(name: str, commands: Mapping[str, Command] = COMMANDS, path: str = "remit") -> WrongUse:
    """The failure for a command there is not."""
    near = nearest(name, commands)
    help = f"did you mean `{near}`?" if near else f"`{path} --help` lists the commands"
    return WrongUse(f"there is no command `{name}`", help)
