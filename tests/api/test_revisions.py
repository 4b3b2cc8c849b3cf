"""Policies as files, folders and git revisions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from remit_api.failures import Failure, FileTrouble, InvalidPolicy, MissingFile, WrongUse
from remit_api.revisions import people_of, read_revision, read_revisions
from remit_engine.rules.lower import lower

ONE = """policy shop {{ currency CNY }}
position clerk
action pay {{ amount money  limit on amount }}
authority pay {{ clerk may approve up to {} }}
"""


PEOPLE = "people:\n  - {id: ann, positions: [{position: clerk}]}\n"
NO_REVISIONS = ("", ":", ":policies", "--help", "-x:policies", "HEAD..main", "a b")


def git(*words: str) -> str:
    ran = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with two commits; the working file is a third state."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    folder = tmp_path / "policies"
    folder.mkdir()
    for limit in (100, 200):
        (folder / "shop.remit").write_text(ONE.format(limit))
        (folder / "directory.yaml").write_text(
            "people:\n  - {id: ann, positions: [{position: clerk}]}\n"
        )
        git("add", ".")
        git("commit", "-q", "-m", str(limit))
    (folder / "shop.remit").write_text(ONE.format(300))
    return tmp_path


def limit(spec: str, like: str | None = None) -> str:
    program = read_revision(spec, like=like).program
    bound = program.authorities[0].grants[0].limit.bound
    assert bound is not None
    return str(bound.value.value)  # type: ignore[attr-defined]


def failure(spec: str) -> Failure:
    with pytest.raises(Failure) as raised:
        read_revision(spec)
    return raised.value


def test_each_way_to_name_a_text(repository):
    assert limit("policies") == limit("policies/shop.remit") == "300"
    assert limit("HEAD") == limit("main:policies") == limit("HEAD:policies/shop.remit") == "200"
    assert limit("HEAD~1") == limit("HEAD~1:./policies") == limit("main^:") == "100"


def test_paths_are_from_the_top_or_from_here(repository, monkeypatch):
    monkeypatch.chdir(repository / "policies")
    assert limit("HEAD:policies") == limit("HEAD:./") == limit("HEAD") == "200"
    assert limit("HEAD:../policies") == "200"


def test_a_bare_revision_takes_the_path_of_the_other_side(repository):
    other = repository / "more"
    other.mkdir()
    (other / "shop.remit").write_text(ONE.format(7))
    git("add", "more")
    git("commit", "-q", "-m", "more")
    (other / "shop.remit").write_text(ONE.format(8))
    old, new = read_revisions("HEAD", "more")
    assert limit("HEAD", like="more") == "7"
    assert old.program.digest != new.program.digest
    assert old.commit == git("rev-parse", "HEAD")
    assert new.commit is None
    assert limit("HEAD", like="HEAD:more") == "7"


def test_the_directory_and_the_tables_are_of_that_revision(repository):
    text = ONE.format(1) + 'table part (amount: money) gives percent from "part.csv"\n'
    Path("policies/shop.remit").write_text(text)
    Path("policies/part.csv").write_text("amount,part\nany,5%\n")
    git("add", ".")
    git("commit", "-q", "-m", "table")
    Path("policies/part.csv").unlink()
    Path("policies/directory.yaml").write_text("people: []\n")
    revision = read_revision("HEAD")
    assert len(revision.program.tables["shop.part"].rows) == 1
    assert set(people_of(revision, lower(revision.program)).people) == {"ann"}


def test_people_of_a_text_without_a_directory(repository):
    Path("policies/directory.yaml").unlink()
    revision = read_revision("policies")
    assert revision.directory is None
    assert not people_of(revision, lower(revision.program)).people


def test_what_is_not_there_is_told(repository):
    nothing = failure("nowhere")
    assert isinstance(nothing, WrongUse)
    assert nothing.message == "there is no file, folder or git revision `nowhere`"
    assert isinstance(failure("nowhere.remit"), MissingFile)
    empty = failure("HEAD:nowhere")
    assert isinstance(empty, MissingFile)
    assert "in `nowhere` at revision `HEAD`" in empty.message
    assert failure("HEAD:../..").message == "`../..` lies outside of the repository"
    assert failure("HEAD:/etc").message == "`/etc` lies outside of the repository"
    assert "is not a policy file" in failure("HEAD:policies/directory.yaml").message


@pytest.mark.parametrize("spec", NO_REVISIONS)
def test_words_that_are_no_revision(repository, spec):
    assert isinstance(failure(spec), WrongUse)


def test_errors_name_the_revision(repository):
    Path("policies/shop.remit").write_text(ONE.format("nonsense"))
    git("commit", "-q", "-am", "broken")
    fault = failure("HEAD")
    assert isinstance(fault, InvalidPolicy)
    assert {d.span.file for d in fault.diagnostics} == {"HEAD:policies/shop.remit"}
    assert set(fault.sources) == {"HEAD:policies/shop.remit"}


def test_text_that_is_not_utf8(repository):
    Path("policies/shop.remit").write_bytes(b"\xff\xfe\x00")
    git("commit", "-q", "-am", "broken")
    assert isinstance(failure("HEAD"), InvalidPolicy)


def test_without_a_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "no git repository here" in failure("HEAD").message


def test_without_git(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "which is not installed" in failure("HEAD").message


def damage(repository: Path, path: str) -> None:
    """Take the blob of a file out of the repository, as a partial clone has it."""
    blob = git("rev-parse", f"HEAD:{path}")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


def test_a_file_that_git_cannot_give(repository):
    damage(repository, "policies/shop.remit")
    fault = failure("HEAD")
    assert isinstance(fault, FileTrouble)
    assert fault.message == "git cannot read `policies/shop.remit` at revision `HEAD`"
    assert "git fetch" in str(fault.help)
    assert limit("HEAD~1") == "100"


def test_a_folder_that_git_cannot_list(repository):
    damage(repository, "policies")
    fault = failure("HEAD")
    assert isinstance(fault, FileTrouble)
    assert fault.message == "git cannot list the files of revision `HEAD`"


@pytest.mark.parametrize(
    ("link", "target", "spec"),
    [
        ("policies/more.remit", "../other/more.remit", "HEAD"),
        ("policies/more.remit", "../other/more.remit", "HEAD:policies/more.remit"),
        ("linked", "policies", "HEAD:linked"),
        ("linked", "policies", "HEAD:linked/shop.remit"),
        ("policies/directory.yaml", "../other/d.yaml", "HEAD:policies/shop.remit"),
    ],
)
def test_a_link_is_refused_and_not_left_out(repository, link, target, spec):
    Path(link).unlink(missing_ok=True)
    Path(link).symlink_to(target)
    git("add", ".")
    git("commit", "-q", "-m", "link")
    fault = failure(spec)
    assert isinstance(fault, WrongUse)
    assert fault.message == f"`{link}` is a symbolic link at revision `HEAD`"


def test_a_link_elsewhere_is_no_trouble(repository):
    Path("README.md").symlink_to("policies/shop.remit")
    git("add", ".")
    git("commit", "-q", "-m", "link")
    assert limit("HEAD") == "300"
