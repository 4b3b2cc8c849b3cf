"""`remit watch`: events put to the watches and duties of a policy, and the alerts that come."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from remit_api.cli import watch_report, watch_store
from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import DirectoryFile, Json, Language, LanguageOption, Paths, Verbose
from remit_api.cli.output import Screen, screen
from remit_api.cli.progress import rows_done
from remit_api.cli.session import NO_DIRECTORY, Asked, open_loaded, read_day
from remit_api.failures import FileTrouble, MissingFile, WrongUse
from remit_api.watching.document import happening_document, refused_document, summary_document
from remit_api.watching.following import Following
from remit_api.watching.lines import Line, follow_lines, read_lines
from remit_api.wiring import Loaded
from remit_dsl.suggest import nearest
from remit_engine.watch.alert import Happening
from remit_engine.watch.choosing import NAMES, Chosen, choose
from remit_engine.watch.durable.process import Unavailable
from remit_engine.watch.rulesets import rulesets
from remit_engine.watch.watcher import Watcher

Replay = Annotated[
    Path | None,
    typer.Option("--replay", metavar="FILE", help="Events of the past, one JSON object a line."),
]
Follow = Annotated[
    Path | None,
    typer.Option("--follow", metavar="FILE", help="Go on with the file as it grows, until Ctrl-C."),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE|URL",
        help="What a service's store holds, and whether it is what its log says.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Replay as of this day. [the last event's day]"),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="The first day. [the first event's day]"),
]
MatcherOption = Annotated[
    str | None,
    typer.Option("--matcher", metavar="|".join(NAMES), help="What matches. [durable if it works]"),
]
Rule = Annotated[
    str | None,
    typer.Option("--rule", metavar="RULE", help="Show this rule, watch or duty only."),
]
Subject = Annotated[
    str | None, typer.Option("--subject", metavar="KEY", help="Show this subject only.")
]
MOST_COMPARED = 100_000
"""Subjects among which the nearest name is looked for."""
Brief = Annotated[bool, typer.Option("--brief", help="Show the counts only.")]


def watch(
    paths: Paths = None,
    replay: Replay = None,
    follow: Follow = None,
    store: Store = None,
    directory: DirectoryFile = None,
    since: Since = None,
    until: Until = None,
    matcher: MatcherOption = None,
    rule: Rule = None,
    subject: Subject = None,
    brief: Brief = False,
    language: LanguageOption = Language.EN,
    as_json: Json = False,
    verbose: Verbose = False,
) -> ExitCode:
    """Put events to the watches and duties of a policy: which alerts begin and end, on which day.

    --replay reads a file to its end; --follow goes on as lines are added. A line that cannot be
    taken is refused with its reason, and the others are taken. With --json each happening is one
    line, and the counts come last. --store reads what a service was told: open alerts, what is
    held, reports that are missing; and whether that is what its log says, under the policy that is
    named, else the one that is published there.
    """
    view = screen(as_json=as_json, verbose=verbose)
    asked = Asked(directory=directory, language=str(language))
    if store is not None:
        _alone(replay, follow, since, until, matcher)
        return watch_store.told(store, paths or (), asked, rule, subject, brief, view)
    file = _file(replay, follow, until)
    loaded = open_loaded(paths or (), asked, view)
    _refuse_nothing(loaded)
    shown = watch_report.Shown(loaded.program, str(language), rule, subject, brief)
    chosen = _chosen(loaded, matcher, view)
    _refuse_unknown(shown)
    first, last = _days(since, until)
    watcher = Watcher(loaded.program, loaded.engine.directory, chosen.matcher, first)
    if loaded.program.duties and not loaded.engine.directory.people:
        view.note(f"duties have nobody to do them: {NO_DIRECTORY}")
    following = Following(watcher)
    with closing(watcher):
        if replay is not None:
            _replayed(file, following, last, shown, view)
        else:
            _followed(file, following, shown, view)
    _told(following, chosen, shown, view)
    _unknown_subject(watcher, subject, view)
    return ExitCode.INVALID_REQUEST if following.counts["refused"] else ExitCode.OK


def _alone(*others: object) -> None:
    if any(other is not None for other in others):
        message = "`--store` reads what is there, by `plain`, as of the day its clock shows"
        raise WrongUse(message, "leave `--replay`, `--follow`, days and `--matcher` out")


def _file(replay: Path | None, follow: Path | None, until: str | None) -> Path:
    given = [path for path in (replay, follow) if path is not None]
    if len(given) != 1:
        help = "write `--replay FILE` or `--follow FILE`, or `--store` for a service's store"
        raise WrongUse("name one file of events", help)
    if follow is not None and until is not None:
        raise WrongUse("`--until` is for `--replay`", "leave it out: what is followed goes on")
    if not given[0].is_file():
        raise MissingFile(given[0], f"there is no file `{given[0]}`")
    return given[0]


def _refuse_nothing(loaded: Loaded) -> None:
    if not loaded.program.watches and not loaded.program.duties:
        help = "write `watch NAME on RECORD { when … notify … }`; see docs/watch.md"
        raise WrongUse("the policy watches nothing", help)


def _refuse_unknown(shown: watch_report.Shown) -> None:
    """A name with a slip would show nothing, as if nothing had happened."""
    wanted = shown.rule
    if wanted is None or any(watch_report.names(rule, wanted) for rule in shown.known):
        return
    rules = (rule.split(".") for rule in shown.known)
    tails = [".".join(parts[at:]) for parts in rules for at in range(len(parts))]
    guess = nearest(wanted, tails)
    help = f"did you mean `{guess}`?" if guess else "write a rule, a watch or a duty by its name"
    raise WrongUse(f"there is no rule, watch or duty `{wanted}`", help)


def _days(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """The first and the last day of the clock, as far as they are given."""
    first = read_day(since, "--since") if since is not None else None
    last = read_day(until, "--until") if until is not None else None
    if first is not None and first > (last or date.today()):
        end = f"`--until` {last}" if last else f"today ({date.today()})"
        raise WrongUse(f"`--since` {first} is after {end}", "the first day comes before the last")
    return first, last


def _chosen(loaded: Loaded, matcher: str | None, view: Screen) -> Chosen:
    try:
        chosen = choose(rulesets(loaded.program), matcher)
    except Unavailable as fault:
        raise WrongUse(str(fault), "write `--matcher plain`") from None
    except ValueError as fault:
        raise WrongUse(str(fault)) from None
    for sentence in chosen.said:
        view.remark(sentence)
    return chosen


def _replayed(
    file: Path,
    following: Following,
    until: date | None,
    shown: watch_report.Shown,
    view: Screen,
) -> None:
    """The whole file, as of a day or of its last entry."""
    with file.open("rb") as stream, rows_done(view, file.stat().st_size, "replaying") as moved:
        lines = _moving(read_lines(stream), moved)
        happenings = following.replay(lines, until, date.today())
    _show(happenings, shown, view)


def _moving(lines: Iterable[Line], moved: Callable[[int], None]) -> Iterator[Line]:
    for line in lines:
        moved(line.position)
        yield line


def _followed(file: Path, following: Following, shown: watch_report.Shown, view: Screen) -> None:
    """The file as it grows, until the reader says stop."""
    with _stopping() as stopped:
        try:
            for lines in follow_lines(file, stopped):
                _show(following.take(lines, date.today()), shown, view)
        except FileNotFoundError:
            raise FileTrouble(file, f"`{file}` is gone", "start again when it is there") from None


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, or the wish of the system, ends what goes on for ever, with its counts."""
    asked: list[int] = []

    def ask(number: int, frame: Any) -> None:
        asked.append(number)

    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, ask) for number in wanted}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(happenings: Iterable[Happening], shown: watch_report.Shown, view: Screen) -> None:
    for happening in happenings:
        if not shown.wants(happening.alert):
            continue
        if view.as_json:
            view.row(happening_document(happening, shown.language))
        else:
            shown.happening(happening, view)


def _unknown_subject(watcher: Watcher, wanted: str | None, view: Screen) -> None:
    """A key with a slip showed nothing, as if nothing had happened; said once all is read."""
    if wanted is None or wanted in watcher.subjects:
        return
    known = list(dict.fromkeys(islice(watcher.subjects, MOST_COMPARED)))
    guess = nearest(wanted, known)
    if guess is not None:
        cure = f", did you mean `{guess}`?"
    else:
        cure = f": write a key such as `{known[0]}`" if known else ", or anything else so far"
    view.note(f"nothing that is watched is called `{wanted}`{cure}")


def _told(following: Following, chosen: Chosen, shown: watch_report.Shown, view: Screen) -> None:
    if view.as_json:
        for refused in following.refused:
            view.row({"refused": refused_document(refused)})
        view.row({"summary": summary_document(following, chosen.name)})
    else:
        shown.summary(following, chosen.name, view)
