"""`remit fmt`: policies in the one layout, written in one step or not at all."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from remit_dsl.diagnostics import Diagnostic
from remit_dsl.source import Source

from remit_api.cli.exit_codes import ExitCode
from remit_api.cli.options import Json
from remit_api.cli.output import Screen, screen
from remit_api.cli.report import diagnostic_document, diagnostics
from remit_api.failures import WrongUse
from remit_api.files import files_under, policy_paths, write_text
