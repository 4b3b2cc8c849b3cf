"""Writing files in one step."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from remit_api.failures import FileTrouble, MissingFile
from remit_api.files import files_under, replacing, write_text


def test_the_mode_is_kept(tmp_path):
    path = tmp_path / "a.remit"
    path.write_text("old")
    path.chmod(0o640)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_mode(tmp_path):
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")

    def fail(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "no space left on device")

    with pytest.raises(OSError, match="no space"), replacing(path) as temporary:
        fail(temporary)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_hidden_files_are_not_policies(tmp_path):
    for name in ("a.remit", ".b.remit", ".git/c.remit", "deep/d.remit"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    names = [str(p.relative_to(tmp_path)) for p in files_under([tmp_path], ".remit")]
    assert names == ["a.remit", "deep/d.remit"]


def test_trouble_is_told_of_the_file_that_was_meant(tmp_path):
    with pytest.raises(MissingFile, match=r"there is no folder `.*nowhere` to write to"):
        write_text(tmp_path / "nowhere" / "a", "x")
    long = tmp_path / ("a" * 250)
    with pytest.raises(FileTrouble, match=r"`.*a` cannot be written: file name too long") as fault:
        write_text(long, "x")
    assert ".tmp" not in fault.value.message


def test_only_a_file_is_replaced(tmp_path):
    """A link to a device would replace the device of the machine."""
    pipe, link, folder = tmp_path / "pipe", tmp_path / "link", tmp_path / "d.csv"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    folder.mkdir()
    for path, what in ((link, "it is no plain file"), (folder, "it is a folder")):
        with pytest.raises(FileTrouble, match=f"`{path}` cannot be written: {what}"):
            write_text(path, "x")
    assert pipe.is_fifo()
    assert sorted(os.listdir(tmp_path)) == ["d.csv", "link", "pipe"]
