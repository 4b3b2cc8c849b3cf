"""The options that several commands share, each described once."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer


class Language(enum.StrEnum):
    """The languages an answer can be given in."""

    EN = "en"
    ZH = "zh"


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="POLICY|FACT=VALUE",
        help="Policy files or folders (without one: policies/), and facts such as rate=12%.",
        show_default=False,
    ),
]
ValueWords = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="POLICY|NAME|FACT=VALUE",
        help="Policies, the name of a definition, table or parameter, and facts.",
        show_default=False,
    ),
]
Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH", help="Files or folders (without one: policies/).", show_default=False
    ),
]
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", "-p", metavar="PATH", help="A policy file or folder; repeatable."),
]
DirectoryFile = Annotated[
    Path | None,
    typer.Option(
        "--directory",
        "-d",
        metavar="FILE",
        help="Who holds which position. Without it, the one directory.yaml beside the policies.",
    ),
]
NoDirectory = Annotated[
    bool, typer.Option("--no-directory", help="Answer from positions alone, without people.")
]
ActorOption = Annotated[
    str | None,
    typer.Option("--actor", metavar="PERSON|POSITION", help="Who acts.", show_default=False),
]
ActorAttributes = Annotated[
    list[str] | None,
    typer.Option(
        "--actor-attribute",
        metavar="NAME=VALUE",
        help="An attribute of an actor given as a position, such as territory=east; repeatable.",
    ),
]
ActionOption = Annotated[
    str | None,
    typer.Option("--action", metavar="ACTION", help="What is to be done.", show_default=False),
]
Verb = Annotated[str, typer.Option("--verb", metavar="VERB", help="Which right is asked about.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The day asked about, YYYY-MM-DD. [today]"),
]
Requester = Annotated[
    str | None,
    typer.Option("--requester", metavar="PERSON|POSITION", help="Who asks for the act."),
]
Approvals = Annotated[
    list[str] | None,
    typer.Option(
        "--approval",
        metavar="VERB=PERSON|POSITION",
        help="A step already done, such as review=ann; repeatable.",
    ),
]
EvidenceNames = Annotated[
    list[str] | None,
    typer.Option("--evidence", metavar="NAME", help="Evidence at hand; repeatable."),
]
Totals = Annotated[
    list[str] | None,
    typer.Option(
        "--total",
        metavar="NAME=AMOUNT",
        help="An amount already used, such as month=42000; repeatable.",
    ),
]
FactsDocument = Annotated[
    str | None,
    typer.Option(
        "--facts",
        metavar="JSON|FILE|-",
        help="Facts as JSON, or from a .json or .yaml file, or from standard input.",
    ),
]
LanguageOption = Annotated[
    Language,
    typer.Option("--language", envvar="REMIT_LANGUAGE", help="The language of the answer."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, failures as well.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say on standard error what was read.")
]
ServicePolicy = Annotated[
    Path | None,
    typer.Option(
        "--service-policy",
        metavar="PATH",
        help="What each role may do in the service, where it is not what remit brings along.",
        show_default=False,
    ),
]
