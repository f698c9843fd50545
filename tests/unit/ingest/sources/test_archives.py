"""Archives become sources: in order, within bounds, and with every file accounted for by name."""

import gzip
import io
import json
import lzma
import tarfile
import zipfile

import pytest
import zstandard

from imr_archive.errors import LetterError
from imr_archive.ingest.sources import archives
from imr_archive.ingest.sources.folders import Input, receive

PACKERS = {
    "tar": bytes,
    "tar.gz": gzip.compress,
    "tgz": gzip.compress,
    "tar.xz": lzma.compress,
    "tar.zst": zstandard.ZstdCompressor().compress,
}
LETTERS = [("a.txt", b"letter a"), ("deep/b.pdf", b"letter b")]


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            info.size = len(content or b"")
            archive.addfile(info, io.BytesIO(content or b""))
    return stream.getvalue()


@pytest.fixture
def received(tmp_path):
    """What comes out of an archive: (name, bytes or the sentence of its refusal), in order."""

    def read(name, content, **options):
        (tmp_path / name).write_bytes(content)
        return [outcome(source) for source in Input([name], base=tmp_path, **options).sources()]

    return read


def outcome(source):
    try:
        file = receive(source)
    except LetterError as error:
        return source.label, str(error)
    return file.label, file.refusal or file.content


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("ending", ["zip", *PACKERS])
def test_the_letters_of_an_archive_come_in_its_order(received, ending):
    content = zipped(LETTERS) if ending == "zip" else PACKERS[ending](tarred(LETTERS))
    name = f"letters.{ending}"
    assert received(name, content) == [(f"{name}/a.txt", b"letter a"), (f"{name}/deep/b.pdf", b"letter b")]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_may_hold_archives_once(received, pack):
    inner, too_deep = pack(LETTERS[:1]), pack([("n.zip", zipped([("m.zip", zipped(LETTERS))]))])
    ending = "zip" if pack is zipped else "tar"
    assert received(f"o.{ending}", pack([(f"i.{ending}", inner)])) == [(f"o.{ending}/i.{ending}/a.txt", b"letter a")]
    [(name, sentence)] = received(f"p.{ending}", too_deep)
    assert name == f"p.{ending}/n.zip/m.zip"
    assert sentence == "The file is an archive inside an archive of an archive; unpack one of them first."


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["/etc/a.txt", "../a.txt", "b/../../a.txt", "C:\\a.txt", "..\\a.txt"])
def test_names_that_lead_out_of_the_archive_are_refused_by_name(received, pack, name):
    results = received("x.zip" if pack is zipped else "x.tar", pack([(name, b"a"), ("b.txt", b"b")]))
    assert [result[1] for result in results] == ["The name leads out of the archive, so the file was not taken.", b"b"]


def test_links_are_refused_by_name(received):
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    for name, content in (("x.zip", zipped([(link, b"/etc/passwd")])), ("x.tar", tarred([("link.txt", None)]))):
        [(label, sentence)] = received(name, content)
        assert label == f"{name}/link.txt"
        assert sentence.startswith("The file is a link")


def test_a_file_under_a_password_is_refused_by_name(received):
    content = bytearray(zipped(LETTERS[:1]))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert received("x.zip", bytes(content)) == [("x.zip/a.txt", "The file is protected by a password.")]


def test_other_endings_are_kept_and_not_read_unless_they_are_asked_for(received):
    content = zipped([("a.json", b"{}"), ("b.TXT", b"b"), ("c", b"c"), (".d.txt", b"d")])
    first, *others = received("x.zip", content)
    assert first[1] == "Letters are .pdf or .txt files; one that ends in .json is read only if it is asked for."
    assert others == [("x.zip/b.TXT", b"b"), ("x.zip/c", b"c")]
    assert received("x.zip", content, patterns=["*.json"]) == [("x.zip/a.json", b"{}")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_second_file_of_one_name_is_told_apart_and_not_read(received, pack):
    _, (name, sentence) = received("x.zip" if pack is zipped else "x.tar", pack([("a.txt", b"1"), ("a.txt", b"2")]))
    assert name.endswith("a.txt (2)")
    assert sentence.startswith("The archive holds more than one file of this name")


@pytest.mark.parametrize("ending", ["zip", "tar.gz", "tar.xz", "tar.zst"])
def test_a_bomb_is_refused_and_what_came_before_it_is_not(received, ending):
    files = [("a.txt", b"letter a"), ("bomb.txt", bytes(80 << 20)), ("late.txt", b"late")]
    results = received(f"x.{ending}", zipped(files) if ending == "zip" else PACKERS[ending](tarred(files)))
    assert results[0][1] == b"letter a"
    assert {sentence for _, sentence in results[1:]} == {
        "The archive expands to more than 200 times its size; the rest was not read."
    }
    assert results[-1][0] == f"x.{ending}"


@pytest.mark.parametrize("ending", ["zip", *PACKERS])
def test_a_damaged_archive_is_named_after_what_could_be_read(received, ending):
    files = [*LETTERS, *((f"{number}.txt", bytes([number]) * 600) for number in range(50))]
    content = zipped(files) if ending == "zip" else PACKERS[ending](tarred(files))
    name = f"x.{ending}"
    assert received(name, content[: len(content) // 2])[-1] == (
        name,
        "The archive is damaged: what follows in it, if anything, cannot be read.",
    )


def test_a_broken_header_within_a_tar_does_not_end_it_in_silence(received):
    content = bytearray(tarred(LETTERS))
    content[1024:1034] = b"\xff" * 10
    assert received("x.tar", bytes(content))[-1][0] == "x.tar"


def test_a_broken_file_within_a_zip_costs_that_file_only(received):
    content = zipped([("a.txt", b"letter a" * 50), ("b.txt", b"b")])
    content = content.replace(content[40:45], bytes(5), 1)
    assert received("x.zip", content) == [
        ("x.zip/a.txt", "The archive is damaged at this file."),
        ("x.zip/b.txt", b"b"),
    ]


def test_lines_of_json_are_letters_and_bad_lines_are_named(received):
    good = [json.dumps({"name": f"{number}.txt", "text": f"Létter {number}"}) for number in (1, 2)]
    lines = [good[0], "", "no json", '{"name": "x"}', "[]", '{"name": "../x", "text": ""}', good[1]]
    assert received("x.ndjson", "\n".join(lines).encode()) == [
        ("x.ndjson/1.txt", "Létter 1".encode()),
        ("x.ndjson, line 3", 'The line is not an object of "name" and "text".'),
        ("x.ndjson, line 4", 'The line is not an object of "name" and "text".'),
        ("x.ndjson, line 5", 'The line is not an object of "name" and "text".'),
        ("x.ndjson/../x", "The name leads out of the archive, so the file was not taken."),
        ("x.ndjson/2.txt", "Létter 2".encode()),
    ]


def test_names_of_any_length_are_cut_and_stay_apart(received):
    names = [f"{'n' * 3000}{number}.txt" for number in (1, 2)]
    labels = [label for label, _ in received("x.tar", tarred([(name, b"x") for name in names]))]
    assert [len(label) for label in labels] == [500, 500]
    assert len({*labels}) == 2


def with_bad_names(content, signature, name_at):
    """Return a zip whose names after each such header are marked as UTF-8 and are not."""
    content, at = bytearray(content), -1
    while (at := content.find(signature, at + 1)) >= 0:
        flags = at + (8 if signature == b"PK\x01\x02" else 6)
        content[flags + 1] |= 0x08
        content[at + name_at] = 0xE9
    return bytes(content)


def test_a_zip_whose_directory_cannot_be_decoded_is_refused_by_name(received):
    content = with_bad_names(zipped([("e.txt", b"e")]), b"PK\x01\x02", 46)
    [(label, sentence)] = received("x.zip", content)
    assert (label, "marked as UTF-8 and is not" in sentence) == ("x.zip", True)


def test_a_zip_member_whose_own_name_cannot_be_decoded_costs_that_file_only(received):
    files = zipped([("e.txt", b"e")])
    bad, good = with_bad_names(files, b"PK\x03\x04", 30), zipped([("f.txt", b"f")])
    # Both as members, so that one directory lists them.
    assert [content for _, content in received("x.zip", bad)] == [
        "The archive is damaged at this file: its name is marked as UTF-8 and is not."
    ]
    results = received("y.zip", zipped([("bad.zip", bad), ("good.zip", good)]))
    assert results[1] == ("y.zip/good.zip/f.txt", b"f")


def test_a_zip_member_without_a_name_is_refused_and_the_others_are_read(received):
    content = zipped([("a.txt", b"a"), ("b.txt", b"b")])
    directory = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    nameless = bytearray(content[directory:end])
    nameless[28:30] = b"\0\0"
    del nameless[46:51]
    tail = bytearray(content[end:])
    tail[12:16] = len(nameless).to_bytes(4, "little")
    results = received("x.zip", content[:directory] + bytes(nameless) + bytes(tail))
    assert results == [("x.zip/", "The file has no name in the archive."), ("x.zip/b.txt", b"b")]


@pytest.mark.parametrize(("number", "method"), [(9, "deflate64"), (98, "PPMd"), (77, "number 77")])
def test_a_compression_method_that_cannot_be_read_is_named_with_what_to_do(received, number, method):
    content = bytearray(zipped(LETTERS[:1]))
    for header, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.index(header) + place
        content[at : at + 2] = number.to_bytes(2, "little")
    assert received("x.zip", bytes(content)) == [
        (
            "x.zip/a.txt",
            f"The file is compressed by a method ({method}) that cannot be read here; pack it again as deflate.",
        )
    ]


@pytest.mark.parametrize("error", [ValueError("of any text"), IndexError(), RecursionError()])
def test_an_error_that_no_reader_documents_ends_its_archive_only(received, monkeypatch, error):
    def fail(*_, **__):
        yield archives.Member("a.txt", lambda: io.BytesIO(b"a"))
        yield archives.Member("b.txt", fail_to_open)
        raise error

    def fail_to_open():
        raise error

    monkeypatch.setattr(archives, "zip_members", fail)
    kind = type(error).__name__
    assert received("x.zip", b"") == [
        ("x.zip/a.txt", b"a"),
        ("x.zip/b.txt", f"The archive cannot be read at this file: {kind}."),
        ("x.zip", f"The archive cannot be read: {kind}."),
    ]


def test_more_files_that_cannot_be_letters_than_anyone_reads_are_told_once(received, monkeypatch):
    monkeypatch.setattr(archives, "_MAX_REFUSED", 3)
    content = zipped([*((f"{number}.xml", b"<x/>") for number in range(50)), ("a.txt", b"a")])
    results = received("x.zip", content)
    assert [label for label, _ in results] == [
        *(f"x.zip/{number}.xml" for number in range(3)),
        "x.zip/a.txt",
        "x.zip (more files)",
    ]
    assert results[-1][1] == "The archive holds 47 more files that cannot be taken; they are not told one by one."


def test_an_archive_that_changes_while_it_is_read_is_told_as_such(tmp_path):
    place = tmp_path / "x.tar"
    place.write_bytes(tarred([(f"{number}.txt", bytes(60_000)) for number in range(9)]))
    labels = []
    for source in Input([str(place)]).sources():
        labels.append(outcome(source))
        if len(labels) == 1:
            place.write_bytes(b"another archive")
    assert labels[-1] == (str(place), "The archive changed while it was read; ingest it again.")
