"""What callers name becomes sources; a source becomes a received file."""

import hashlib
import io
import os
from dataclasses import replace

import pytest

from imr_archive.errors import SourceUnreadable
from imr_archive.ingest.sources import files as sources
from imr_archive.ingest.sources.folders import Input, NoSuchPath, Source, find_sources, printable, receive, source_at


def labels(*paths):
    return [source.label for source in find_sources([str(path) for path in paths])]


@pytest.fixture
def folder(tmp_path):
    for name in ("b.pdf", "a.txt", "deep/er/c.pdf", ".hidden.pdf", ".git/d.pdf"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    return tmp_path


def test_a_folder_is_searched_to_the_bottom_in_a_lasting_order_without_hidden_files(folder):
    assert labels(folder) == [str(folder / name) for name in ("a.txt", "b.pdf", "deep/er/c.pdf")]


def test_a_file_that_is_named_twice_is_one_source(folder):
    assert labels(folder / "b.pdf", folder, folder / "deep" / ".." / "a.txt") == [
        str(folder / name) for name in ("b.pdf", "a.txt", "deep/er/c.pdf")
    ]


def test_the_bytes_of_every_file_count_as_done_even_of_one_that_is_passed_over(folder):
    given = Input([str(folder)])
    for number, source in enumerate(given.sources()):
        if number:
            receive(source)
    assert given.done == given.size()


def test_a_hidden_file_that_is_named_is_a_source(folder):
    assert labels(folder / ".hidden.pdf") == [str(folder / ".hidden.pdf")]


@pytest.mark.parametrize("missing", ["nowhere.pdf", "a.txt/below"])
def test_a_path_that_is_not_there_is_named_in_a_sentence(folder, missing):
    with pytest.raises(NoSuchPath, match=rf"There is no file or folder '.*{missing}'\."):
        find_sources([str(folder), str(folder / missing)])


def test_a_pipe_is_no_file_and_does_not_block(folder):
    os.mkfifo(folder / "pipe")
    assert len(labels(folder)) == 3
    with pytest.raises(NoSuchPath):
        find_sources([str(folder / "pipe")])


def test_a_received_file_has_its_own_name_its_bytes_and_their_hash(folder):
    [source] = find_sources([str(folder / "deep")])
    file = receive(source)
    assert (file.label, file.name, file.content) == (str(folder / "deep/er/c.pdf"), "c.pdf", b"deep/er/c.pdf")
    assert file.sha256 == hashlib.sha256(b"deep/er/c.pdf").hexdigest()


def test_a_file_that_went_away_is_unreadable(folder):
    [source] = find_sources([str(folder / "a.txt")])
    (folder / "a.txt").unlink()
    with pytest.raises(SourceUnreadable, match="cannot be opened: No such file or directory"):
        receive(source)


class ChangingFile(io.BytesIO):
    """A file that somebody writes to after it was opened, so many times."""

    def __init__(self, path, times):
        super().__init__(path.read_bytes())
        if times:
            times.pop()
            path.write_bytes(self.getvalue() + b" and more")


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_file_that_changes_while_it_is_read_is_read_again_once(folder, times):
    path, left = folder / "a.txt", [None] * times
    source = replace(source_at(path), open=lambda: ChangingFile(path, left))
    if times < 2:
        assert receive(source).content == path.read_bytes()
    else:
        with pytest.raises(SourceUnreadable, match="The file changed while it was read"):
            receive(source)


def test_an_absurdly_large_file_is_refused_before_its_end_is_read(monkeypatch):
    monkeypatch.setattr(sources, "MAX_BYTES", 10)
    stream = io.BytesIO(b"x" * 1000)
    stream.close = lambda: None
    with pytest.raises(SourceUnreadable, match=f"larger than {sources.MAX_MEGABYTES} MB"):
        receive(Source("large.pdf", lambda: stream))
    assert stream.tell() == 11


@pytest.mark.parametrize(
    ("name", "expected"), [("é.pdf", "é.pdf"), (os.fsdecode(b"\xe9.pdf"), "\ufffd.pdf"), ("a\0.pdf", "a\ufffd.pdf")]
)
def test_names_can_be_printed_and_stored_whatever_bytes_they_are(name, expected):
    assert printable(name) == expected
