"""A folder is searched to the bottom, and what is not read is named with the reason."""

import shutil

import pytest

from imr_archive.ingest.sources.walk import SYSTEM_FILE, FolderWalk


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "letters"
    for name in ("a.txt", "deep/b.txt"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(b"a letter")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.txt").write_bytes(b"not one of these letters")
    return place


def found_in(folder, **options):
    return {
        str(each.path.relative_to(folder)): each.passed_over or each.problem for each in FolderWalk(folder, **options)
    }


def test_a_folder_that_holds_only_a_link_to_a_folder_names_the_link(tmp_path, folder):
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "letters").symlink_to(folder)
    [(name, sentence)] = found_in(tmp_path / "only").items()
    assert (name, "Name that place itself" in sentence) == ("letters", True)


def test_a_broken_link_and_a_circle_of_links_are_named(folder):
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    (folder / "x.txt").symlink_to(folder / "y.txt")
    (folder / "y.txt").symlink_to(folder / "x.txt")
    found = found_in(folder, follow_links=True)
    assert {found[name] for name in ("broken.txt", "x.txt", "y.txt")} == {"A link that leads to nothing; passed over."}


@pytest.mark.parametrize("follow_links", [False, True])
def test_links_out_of_the_folder_are_never_followed(tmp_path, folder, follow_links):
    (folder / "c.txt").symlink_to(tmp_path / "elsewhere" / "c.txt")
    (folder / "other").symlink_to(tmp_path / "elsewhere")
    found = found_in(folder, follow_links=follow_links)
    assert found.keys() == {"a.txt", "c.txt", "other", "deep/b.txt"}
    assert found["c.txt"] == found["other"]
    assert found["c.txt"].startswith("A link to a place outside the folder")


def test_links_inside_the_folder_are_named_and_followed_only_if_asked(folder):
    (folder / "again.txt").symlink_to(folder / "a.txt")
    (folder / "more").symlink_to(folder / "deep")
    assert "--follow-links" in found_in(folder)["again.txt"]
    assert "--follow-links" in found_in(folder)["more"]
    followed = found_in(folder, follow_links=True)
    assert followed == dict.fromkeys(["a.txt", "again.txt", "more/b.txt", "deep/b.txt"], "")


def test_links_that_lead_back_or_twice_to_a_folder_end(folder):
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "one").symlink_to(folder / "deep")
    (folder / "two").symlink_to(folder / "deep")
    found = found_in(folder, follow_links=True)
    assert found["one/b.txt"] == ""
    assert {found[name] for name in ("two", "deep/up", "one/up")} == {
        "A link to a folder that it stands in, or that another link has led to; passed over."
    }


def test_files_that_systems_leave_are_passed_over_with_their_folders(folder):
    names = ["Thumbs.db", "desktop.ini", ".DS_Store", "~$letter.docx", "._a.txt"]
    for name in names:
        (folder / name).write_bytes(b"x")
    (folder / "@eaDir").mkdir()
    (folder / "@eaDir" / "a.txt").write_bytes(b"x")
    found = found_in(folder)
    assert {name for name, sentence in found.items() if sentence == SYSTEM_FILE} == {*names, "@eaDir"}
    assert {name for name, sentence in found.items() if not sentence} == {"a.txt", "deep/b.txt"}


def test_a_folder_that_is_removed_meanwhile_is_told_once(folder):
    for number in range(9):
        (folder / f"{number}.txt").write_bytes(b"a letter")
    walk = iter(FolderWalk(folder))
    assert next(walk).path.name == "0.txt"
    shutil.rmtree(folder)
    told = {str(each.path.relative_to(folder)): each.problem for each in walk}
    assert told["."] == "The folder was removed before all its files were read."
    assert told["deep"].startswith("The folder cannot be listed")
    assert len(told) == 2


def test_a_file_that_is_removed_meanwhile_is_told(folder):
    (folder / "0.txt").write_bytes(b"a letter")
    walk = iter(FolderWalk(folder))
    next(walk)
    (folder / "a.txt").unlink()
    found = next(walk)
    assert (found.path.name, found.problem) == ("a.txt", "The file was removed before it was read.")
