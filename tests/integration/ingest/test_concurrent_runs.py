"""Runs at the same time, runs that nobody listens to, and runs without memory."""

import pytest

from devtools.testing.handmade import ingest, many, printed_letter, source, write_letters
from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.runs.runs import RunFailed, run_start
from imr_archive.models import Guideline, SourceLetter

LETTERS_OF_A_RUN = 15


def test_four_first_runs_at_once_on_an_empty_archive_store_every_letter(elsewhere, tmp_path):
    folders = []
    for run in range(4):
        folder = tmp_path / str(run)
        folder.mkdir()
        for number in range(LETTERS_OF_A_RUN):
            content = printed_letter(f"CM15-{run:03}{number:04}")
            (folder / f"{number}.txt").write_bytes(content)
        folders.append(folder)
    running = [elsewhere.started("ingest", "--processes=0", folder) for folder in folders]
    ended = [(process.communicate(timeout=300)[1], process.returncode) for process in running]
    assert [status for _, status in ended] == [0] * 4, ended
    assert elsewhere.counts()["determinations"] == 4 * LETTERS_OF_A_RUN


@pytest.mark.django_db
def test_canonical_rows_that_another_run_adds_in_between_are_taken_as_they_are(monkeypatch):
    from imr_archive.letters import canonical

    stored, hidden = canonical._stored, []

    def none_at_first(model, slugs):
        found = stored(model, slugs)
        if model is Guideline and not hidden:
            hidden.append(found)
            return {}
        return found

    expected = canonical.canonical_sync()
    monkeypatch.setattr(canonical, "_stored", none_at_first)
    assert canonical.canonical_sync() == expected
    assert len(hidden[0]) == len(expected.guidelines)


@pytest.mark.django_db
def test_letters_that_another_run_stores_in_between_are_unchanged():
    files, letters = many(5)
    others = []

    def parse(content):
        if not others:
            others.extend(ingest(files, letters))
        return letters[content]

    run = run_start(arguments={}, started_by="test")
    results = [*ingest_sources([source(*file) for file in files], run=run, processes=0, parse=parse)]
    assert [result.status for result in others] == ["new"] * 5
    assert [result.status for result in results] == ["unchanged"] * 5
    assert [result.determination for result in results] == [other.determination for other in others]


@pytest.mark.django_db
def test_two_refused_files_of_the_same_bytes_have_each_its_own_reason(tmp_path):
    from imr_archive.ingest.sources.folders import Input

    for name in ("a.json", "b.xml", "c.txt"):
        (tmp_path / name).write_bytes(b"{}")
    for _ in range(2):  # as new files, then as known ones
        run = run_start(arguments={}, started_by="test")
        results = [*ingest_sources(Input([str(tmp_path)]).sources(), run=run, processes=0)]
        assert [result.code for result in results] == ["source-refused", "source-refused", "not-a-determination"]
        assert ".json" in results[0].reason
        assert ".xml" in results[1].reason
    assert SourceLetter.objects.count() == 1


@pytest.mark.django_db
def test_a_run_without_memory_ends_with_a_sentence_and_keeps_what_it_stored():
    files, letters = many(3)

    def sources():
        yield from (source(*file) for file in files)
        raise MemoryError

    run = run_start(arguments={}, started_by="test")
    with pytest.raises(RunFailed, match="The memory that this process may use is exhausted"):
        list(ingest_sources(sources(), run=run, processes=0, parse=letters.__getitem__))
    assert (run.status, run.failure) == ("failed", "The memory that this process may use is exhausted.")


def test_a_report_that_nobody_reads_ends_the_command_quietly(elsewhere, tmp_path):
    process = elsewhere.started("ingest", "--processes=0", write_letters(tmp_path / "letters", 3))
    process.stdout.close()
    with process.stderr:
        said = process.stderr.read()
    assert (process.wait(timeout=300), "Traceback" in said, "BrokenPipe" in said) == (141, False, False), said
    assert elsewhere.counts()["determinations"] == 3
