"""How a run ends: usage, interrupts, broken pipes, faults of our own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from remit_api.cli.commands import COMMANDS
from remit_api.cli.exit_codes import MEANINGS, ExitCode, of_outcome
from remit_engine.decision import Outcome

RUN = [sys.executable, "-c", "from remit_api.cli.main import main; main()"]


def test_exit_codes_all_differ():
    codes = [code for code, _ in MEANINGS]
    assert len(set(codes)) == len(codes) == len(ExitCode)
    assert len({of_outcome(outcome) for outcome in Outcome}) == len(Outcome)


def test_exit_codes_are_in_the_help(remit):
    for words in (("--help",), ("decide", "--help")):
        ran = remit(*words)
        assert ran.code == 0
        for code, _ in MEANINGS:
            assert f" {int(code)} " in ran.out


def test_every_command_has_help(remit):
    for name in COMMANDS:
        ran = remit(name, "--help")
        assert ran.code == 0
        assert f"remit {name} [OPTIONS]" in ran.out
        assert "Exit codes" in ran.out


def test_groups_of_commands_stand_in_their_panel(remit):
    out = remit("--help").out
    assert "─ Commands ─" not in out
    panel = out[out.index("─ Pay ─") :]
    assert [n for n in ("scorecard", "allocation", "commission") if n in panel] == [
        "scorecard", "allocation", "commission",
    ]  # fmt: skip


def test_without_a_command_the_help_is_shown(remit):
    ran = remit()
    assert ran.code == 0
    assert "Usage" in ran.out


def test_version(remit):
    assert remit("--version").out.startswith("remit ")


def test_unknown_option(remit):
    ran = remit("decide", "--acter", "x")
    assert ran.code == 2
    assert "error: no such option: --acter" in ran.err
    assert "help: did you mean `--actor`" in ran.err


def test_unknown_option_as_json(remit):
    ran = remit("decide", "--acter", "x", "--json")
    assert ran.code == 2
    assert ran.document["error"]["kind"] == "usage"


@pytest.mark.parametrize(
    "words",
    [
        ("decide", "--acter", "x"),
        ("nothing",),
        ("check", "nowhere.remit"),
        ("decide", "--actor", "x"),
        ("decide", "--actor", "rita", "rate=x"),
        ("decide", "-d", "policies/sales.test.yaml", "--actor", "rita"),
    ],
)
def test_every_failure_has_the_same_members(house, words):
    error = house(*words, "--json").document["error"]
    assert list(error)[:4] == ["kind", "message", "help", "problems"]


def test_a_value_that_is_none_of_those(remit):
    ran = remit("decide", "--language", "fr")
    assert ran.code == 2
    assert "`fr` is not one of `en`, `zh`" in ran.err
    assert "Value error" not in ran.err


def test_an_option_without_its_value(remit):
    ran = remit("decide", "--as-of")
    assert ran.code == 2
    assert "error: option `--as-of` requires an argument" in ran.err
    assert "help: `remit decide --help`" in ran.err


def test_unknown_command(remit):
    ran = remit("decid")
    assert ran.code == 2
    assert "there is no command `decid`" in ran.err
    assert "did you mean `decide`?" in ran.err


def test_a_fault_of_ours(house, monkeypatch):
    from remit_engine.engine import Engine

    def broken(self, request):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(Engine, "decide", broken)
    ran = house("decide", "--actor", "rita", "rate=2%")
    assert ran.code == 70
    assert "remit itself failed: ZeroDivisionError: boom" in ran.err
    assert "REMIT_DEBUG=1" in ran.err
    assert "Traceback" not in ran.err
    ran = house("decide", "--actor", "rita", "rate=2%", "--json")
    assert ran.code == 70
    assert ran.document["error"]["kind"] == "internal"
    monkeypatch.setenv("REMIT_DEBUG", "1")
    assert "Traceback" in house("decide", "--actor", "rita", "rate=2%").err


def test_interrupt(house, monkeypatch):
    from remit_engine.engine import Engine

    def interrupted(self, request):
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "decide", interrupted)
    ran = house("decide", "--actor", "rita", "rate=2%")
    assert ran.code == 130
    assert ran.err == "interrupted\n"
    assert "Traceback" not in ran.err


def test_control_characters_do_not_reach_the_terminal(remit):
    ran = remit("decide", "\x1b[31mred")
    assert ran.code == 2
    assert "\x1b" not in ran.err


@pytest.fixture
def starter(house, tmp_path):
    return tmp_path


def test_broken_pipe_is_quiet(starter):
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [*RUN, "matrix"], cwd=starter, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert ran.returncode == 141
    assert ran.stderr == b""


@pytest.mark.parametrize("words", [["--help"], ["decide", "--help"], [], ["--version"]])
def test_help_into_a_broken_pipe_is_quiet(starter, words):
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [*RUN, *words], cwd=starter, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert ran.returncode == 141
    assert ran.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("words", ["--help", "decide --help", "check", "check --json", "--version"])
def test_a_full_disk_has_its_code(starter, words):
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            [*RUN, *words.split()], cwd=starter, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == 74
    assert ran.stderr.count(b"\n") == 1
    assert b"no space left on device" in ran.stderr


@pytest.mark.parametrize("words", ["--help", "decide --help", "check", "check --json", "matrix"])
def test_a_closed_output_has_its_code(starter, words):
    ran = closed(starter, words, ">&-")
    assert ran.returncode == 74
    assert ran.stderr == "error: standard output cannot be written: it is closed\n"


def test_closed_input_and_errors_are_no_trouble(starter):
    assert closed(starter, "check", "2>&-").returncode == 0
    ran = closed(starter, "decide --actor mark rate=2%", "<&-")
    assert (ran.returncode, ran.stderr) == (13, "")


def closed(folder, words: str, redirected: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", f'exec "$@" {redirected}', "sh", *RUN, *words.split()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_ascii_output_does_not_break(starter):
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    words = ["decide", "--actor", "rita", "rate=2%", "order.total=5", "--language", "zh"]
    ran = subprocess.run(
        [*RUN, *words], cwd=starter, env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 13), ran.stderr
    assert "\\u" in ran.stdout


def test_no_colour_without_a_terminal(starter):
    env = {**os.environ, "FORCE_COLOR": "1"}
    words = ["decide", "--actor", "rita", "rate=2%"]
    ran = subprocess.run(
        [*RUN, *words], cwd=starter, env=env, capture_output=True, text=True, check=False
    )
    assert "\x1b" not in ran.stdout + ran.stderr
