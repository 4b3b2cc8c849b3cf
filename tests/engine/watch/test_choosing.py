"""Which matcher serves, and what is said about it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

from engine.watch.formulas import ruleset
from engine.watch.libraries import needs_durable
from remit_engine.compile.to_durable import MOST_CASES
from remit_engine.watch import choosing
from remit_engine.watch.choosing import choose
from remit_engine.watch.durable.matcher import Durable
from remit_engine.watch.durable.process import Unavailable
from remit_engine.watch.matching import GREATER, LESS
from remit_engine.watch.plain import Plain
from remit_engine.watch.rulesets import Atom, Or, RuleShape

OVER = Atom("a1", frozenset({GREATER}))
RULES = {"w": ruleset([RuleShape("", OVER, OVER)])}


def test_a_machine_that_can_build_durable_rules_has_it() -> None:
    """Otherwise its tests would be skipped, and nobody would know."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    headers = Path(sysconfig.get_paths()["include"], "Python.h").exists()
    if sys.version_info < (3, 13) and compiler and headers:
        assert find_spec("durable") is not None, "run `make` again, or install `.[durable]`"


@needs_durable
def test_durable_serves_where_it_works() -> None:
    chosen = choose(RULES)
    assert (chosen.name, chosen.said) == ("durable", ())
    assert isinstance(chosen.matcher, Durable)
    chosen.matcher.close()


@needs_durable
def test_what_is_left_to_plain_is_said() -> None:
    names = tuple(f"a{n}" for n in range(MOST_CASES + 1))
    wide = Or(tuple(Atom(n, frozenset({LESS})) for n in names))
    chosen = choose({"w": ruleset([RuleShape("", wide, OVER)], atoms_=names)}, "durable")
    assert chosen.said == ("rule `r0` is matched by `plain`: it has 61 cases, and 60 are safe",)
    chosen.matcher.close()


def test_plain_serves_where_it_is_asked_for() -> None:
    chosen = choose(RULES, "plain")
    assert (chosen.name, chosen.said) == ("plain", ())
    assert isinstance(chosen.matcher, Plain)


def test_where_durable_rules_is_not_installed(monkeypatch) -> None:
    monkeypatch.setattr(choosing, "find_spec", lambda name: None)
    monkeypatch.setattr(choosing.sys, "version_info", (3, 11, 7))
    chosen = choose(RULES)
    assert (chosen.name, chosen.said) == (
        "plain",
        (
            "rules are matched by `plain`: durable-rules is not installed "
            "(install `remit[durable]`, which needs a C compiler)",
        ),
    )
    with pytest.raises(Unavailable, match="durable-rules is not installed"):
        choose(RULES, "durable")
    monkeypatch.setattr(choosing.sys, "version_info", (3, 13, 0))
    assert "it does not run on Python 3.13 or later" in choose(RULES).said[0]
    monkeypatch.setattr(choosing.os, "name", "nt")
    assert "Linux and macOS only" in choose(RULES).said[0]


def test_another_name() -> None:
    with pytest.raises(ValueError, match="there is no matcher `quick`: it is plain or durable"):
        choose(RULES, "quick")


def test_a_library_that_is_there_and_cannot_be_imported(tmp_path, monkeypatch) -> None:
    """As on Python 3.13, where the wheel is built and its symbols are not found."""
    package = tmp_path / "durable"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "engine.py").write_text(
        "raise ImportError('durable_rules_engine.so: undefined symbol: PyEval_CallObject')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    chosen = choose(RULES)
    assert chosen.name == "plain"
    assert chosen.said == (
        "rules are matched by `plain`: durable-rules cannot be imported "
        "(durable_rules_engine.so: undefined symbol: PyEval_CallObject)",
    )


def test_nothing_of_the_library_is_loaded_here() -> None:
    code = (
        "import sys, remit_engine.watch.choosing\n"
        "print(sorted(m for m in sys.modules if m.startswith('durable')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
