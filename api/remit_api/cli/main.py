"""The entry point: `remit COMMAND …`."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from remit_api.cli import report
from remit_api.cli.commands import COMMANDS, load, unknown
from remit_api.cli.exit_codes import ExitCode, epilog
from remit_api.cli.output import Screen, open_streams, screen, silence


class RemitGroup(TyperGroup):
    """Every way a run can end becomes an exit code here, and a sentence where one is due."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command; its module is read only now, so that each starts as fast as it can."""
        return load(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command named, or what was probably meant."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise unknown(args[0])
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> NoReturn:
        """Run and leave with the exit code."""
        words = list(sys.argv[1:] if args is None else args)
        open_streams()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        sys.exit(int(self._run(words, {**extra, "standalone_mode": False})))

    def _run(self, words: list[str], extra: dict[str, Any]) -> int:
        options = words[: words.index("--")] if "--" in words else words
        view = screen(as_json="--json" in options)
        code: Any = ExitCode.OK
        try:
            code = self._ended(words, view, extra)
            sys.stdout.flush()
        except BrokenPipeError:
            silence(sys.stdout, sys.stderr)
            return ExitCode.BROKEN_PIPE
        except SystemExit as end:
            # Typer and Rich leave with 1 when the reader of their help goes away.
            if not isinstance(end.__context__, BrokenPipeError):
                raise
            silence(sys.stdout, sys.stderr)
            return ExitCode.BROKEN_PIPE
        except OSError as fault:
            silence(sys.stdout)
            if code != ExitCode.IO or view.as_json:
                with suppress(OSError):
                    report.failure(report.output_trouble(fault), replace(view, as_json=False))
            silence(sys.stderr)
            return ExitCode.IO
        return int(code or ExitCode.OK)

    def _ended(self, words: list[str], view: Screen, extra: dict[str, Any]) -> Any:
        try:
            return super().main(words, obj=view, **extra)
        except typer.TyperException as fault:
            named = " ".join(["remit", *(word for word in words[:1] if word in COMMANDS)])
            return report.usage(fault, named, view)
        except typer.Abort:
            return ExitCode.INTERRUPTED

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever it raises is answered, not shown as a traceback."""
        try:
            return super().invoke(ctx)
        except (typer.TyperException, typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            return report.interrupted(ctx.obj)
        except Exception as fault:
            known = report.as_failure(fault)
            return report.failure(known, ctx.obj) if known else report.internal(fault, ctx.obj)


app = typer.Typer(
    name="remit",
    cls=RemitGroup,
    help="Sales authority as code: who may decide what, up to how much, and why.",
    epilog=epilog(),
    add_completion=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def _start(
    ctx: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if show_version:
        typer.echo(f"remit {version('remit')}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
        raise typer.Exit


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run `remit` with these arguments, or those of the process."""
    app(args=args)
    raise SystemExit(ExitCode.OK)
