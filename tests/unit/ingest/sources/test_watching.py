"""A watched folder: what is complete, once, and what there is to say when it is lost."""

import os
from pathlib import Path

import pytest

from imr_archive.ingest.sources.watching import FolderLost, SpoolFolder, complete_files


def names(files):
    return [Path(file).name for file in files]


def test_a_file_is_complete_when_two_looks_found_it_the_same_and_is_returned_once(tmp_path):
    spool = SpoolFolder(str(tmp_path))
    (tmp_path / "a.txt").write_text("half")
    assert spool.look() == []
    (tmp_path / "a.txt").write_text("half and half")
    assert spool.look() == []
    assert names(spool.look()) == ["a.txt"]
    assert spool.look() == []


def test_a_file_that_changes_is_complete_again_even_if_its_size_stays(tmp_path):
    spool, file = SpoolFolder(str(tmp_path)), tmp_path / "a.txt"
    file.write_text("old")
    spool.look()
    assert names(spool.look()) == ["a.txt"]
    file.write_text("new")
    os.utime(file, ns=(0, 1))
    assert spool.look() == []
    assert names(spool.look()) == ["a.txt"]


def test_a_file_that_went_and_came_back_is_complete_again(tmp_path):
    spool, file, aside = SpoolFolder(str(tmp_path / "spool")), tmp_path / "spool" / "a.txt", tmp_path / "a.txt"
    file.parent.mkdir()
    file.write_text("text")
    spool.look()
    assert names(spool.look()) == ["a.txt"]
    file.rename(aside)
    assert spool.look() == []
    aside.rename(file)
    assert spool.look() == []
    assert names(spool.look()) == ["a.txt"]


def test_folders_below_are_searched_and_names_with_a_dot_passed_over(tmp_path):
    for name in ("b/2.txt", "a/1.txt", "b/.part", ".hidden/3.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    spool = SpoolFolder(str(tmp_path))
    spool.look()
    assert names(spool.look()) == ["1.txt", "2.txt"]


def test_a_folder_that_is_lost_is_told_in_a_sentence(tmp_path):
    spool = SpoolFolder(str(tmp_path / "spool"))
    with pytest.raises(FolderLost, match=r"^The folder '.*spool' cannot be watched: No such file or directory\.$"):
        spool.look()


def test_a_folder_that_may_not_be_read_is_told_in_a_sentence(tmp_path, monkeypatch):
    forbid(monkeypatch, tmp_path)
    with pytest.raises(FolderLost, match=r"cannot be watched: Permission denied\.$"):
        SpoolFolder(str(tmp_path)).look()


def test_a_folder_below_that_may_not_be_read_stops_nothing_and_is_named_once(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.txt").write_text("text")
    forbid(monkeypatch, tmp_path / "closed")
    spool = SpoolFolder(str(tmp_path))
    assert spool.look() == []
    assert names(spool.look()) == ["a.txt", "closed"]
    assert spool.look() == []


def forbid(monkeypatch, folder):
    """Let nobody list a folder, not even root."""
    scandir = os.scandir

    def refusing(path):
        if str(path) == str(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)


def test_looking_ends_when_it_is_stopped(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    found = complete_files(str(tmp_path), every=0.001, stopped=lambda: bool(seen))
    seen = []
    seen.append(next(found))
    assert names(seen[0]) == ["a.txt"]
    assert list(found) == []
