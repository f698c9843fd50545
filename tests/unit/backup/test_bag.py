"""The container of an archive file: well known, the same each time, and never trusted with a byte out of place."""

import hashlib
import io
import tarfile

import pytest

from imr_archive.backup import bag
from imr_archive.backup.bag import BagWriter, Damaged, read_bag

FILES = [("a.json", b"{}\n"), ("letters/1.txt", b"x" * 513), ("empty", b""), ("letters/2.txt", bytes(range(256)))]


def bag_of(files=FILES):
    stream = io.BytesIO()
    writer = BagWriter(stream)
    for name, content in files:
        writer.add(name, content)
    writer.close()
    return stream.getvalue()


def test_what_is_written_is_read():
    assert list(read_bag(io.BytesIO(bag_of()))) == FILES


def test_the_same_content_gives_the_same_bytes():
    assert bag_of() == bag_of()


def test_a_bag_holds_nothing_of_the_machine_it_was_written_on():
    with tarfile.open(fileobj=io.BytesIO(bag_of())) as archive:
        assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in archive} == {(0, 0, 0, "", "")}


def test_any_tar_unpacks_it_into_a_bag_whose_manifests_hold():
    """RFC 8493: a declaration, the payload below data/, and manifests in the form of sha256sum."""
    with tarfile.open(fileobj=io.BytesIO(bag_of())) as archive:
        found = {each.name.removeprefix("imr-archive/"): archive.extractfile(each).read() for each in archive}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    manifest = dict(reversed(line.split("  ")) for line in found["manifest-sha256.txt"].decode().splitlines())
    tags = dict(reversed(line.split("  ")) for line in found["tagmanifest-sha256.txt"].decode().splitlines())
    assert found["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert manifest == {name: sums[name] for name in found if name.startswith("data/")}
    assert tags == {name: sums[name] for name in ("bagit.txt", "manifest-sha256.txt")}


def is_refused(content):
    try:
        list(read_bag(io.BytesIO(content)))
    except Damaged:
        return True
    return False


def test_a_change_of_any_byte_is_found():
    whole = bag_of()
    changed = bytearray(whole)
    accepted = []
    for place, byte in enumerate(whole):
        changed[place] = byte ^ 0x40
        if not is_refused(changed):
            accepted.append(place)
        changed[place] = byte
    assert accepted == []


def test_a_bag_that_was_cut_anywhere_is_refused():
    whole = bag_of()
    assert [end for end in range(0, len(whole), 7) if not is_refused(whole[:end])] == []


@pytest.mark.parametrize("more", [b"x", bytes(512), bytes(tarfile.RECORDSIZE), bag_of()])
def test_nothing_may_follow_the_end(more):
    assert is_refused(bag_of() + more)


def test_a_file_left_out_is_missed():
    """The manifest of the whole with the files of a part."""
    before, after = (
        content.partition(b"imr-archive/manifest-sha256.txt") for content in (bag_of(FILES[:-1]), bag_of())
    )
    spliced = b"".join((before[0], *after[1:]))
    with pytest.raises(Damaged, match=r"letters/2\.txt is not what the manifest says"):
        list(read_bag(io.BytesIO(spliced)))


def test_a_part_of_senseless_size_is_refused_before_it_is_read(monkeypatch):
    content = bag_of()
    monkeypatch.setattr(bag, "_LARGEST_MEMBER", 500)
    with pytest.raises(Damaged, match="larger than any"):
        list(read_bag(io.BytesIO(content)))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", bytes(10_240), b"imr" * 5000])
def test_another_kind_of_file_is_refused(content):
    assert is_refused(content)


def test_a_link_is_refused():
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        link = tarfile.TarInfo("imr-archive/bagit.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    assert is_refused(stream.getvalue())


def test_a_long_manifest_waits_on_disk(monkeypatch):
    monkeypatch.setattr(bag, "_MANIFEST_IN_MEMORY", 100)
    files = [(f"{number}.txt", b"%d" % number) for number in range(50)]
    assert list(read_bag(io.BytesIO(bag_of(files)))) == files
