"""The pool parses a bounded window of files, in order, and survives its workers."""

import os
import signal
import struct
import sys
import time

import pytest

from imr_archive.ingest.pipeline import pool, worker
from imr_archive.ingest.pipeline.pool import ParserPool
from imr_archive.ingest.pipeline.worker import ParserFailed


def slow_if_asked(content):
    """Stand in for the parser in a worker process: die, allocate memory or sleep as the bytes say."""
    if content == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if content == b"half an answer":
        frame = sys._getframe()
        while "connection" not in frame.f_locals:
            frame = frame.f_back
        # The length of an answer, of which only the beginning follows.
        os.write(frame.f_locals["connection"].fileno(), struct.pack("!i", 1_000) + b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    if content == b"greedy":
        return parse_with(lambda _: bytearray(2 << 30), content)
    if content in (b"slow", b"endless"):
        time.sleep(0.2 if content == b"slow" else 60)
    if content == b"nice":
        return ParserFailed(str(os.nice(0)))
    return ParserFailed(content.decode())


def parse_with(parser, content):
    """What the real worker makes of a file when its parser is this one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "parse_letter", parser)
        return worker.parse_content(content)


def sentences(tasks, processes):
    with ParserPool(processes, lambda task: task, slow_if_asked) as parser:
        return [(task, parsed and str(parsed)) for task, parsed in filter(None, parser.parsed(tasks))]


@pytest.mark.parametrize("processes", [0, 2])
def test_results_come_in_the_order_of_the_files(processes):
    assert sentences([b"slow", None, b"b", b"c"], processes) == [
        (b"slow", "slow"),
        (None, None),
        (b"b", "b"),
        (b"c", "c"),
    ]


def test_workers_give_way_to_the_writer_and_to_readers():
    [(_, niceness)] = sentences([b"nice"], processes=1)
    assert int(niceness) > min(os.nice(0), 18)  # 19 is as nice as a process gets


def test_a_file_that_kills_its_worker_costs_that_file_only():
    tasks = [b"a", b"die", b"b", b"slow", b"c", *[b"d"] * 12]
    assert sentences(tasks, processes=2) == [
        (task, "The parser's process died while it read this file." if task == b"die" else task.decode())
        for task in tasks
    ]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_worker_that_is_killed_in_the_middle_of_its_answer_keeps_nobody_waiting(processes):
    assert sentences([b"a", b"half an answer", b"b"], processes) == [
        (b"a", "a"),
        (b"half an answer", "The parser's process died while it read this file."),
        (b"b", "b"),
    ]


def test_a_file_that_wants_more_memory_than_a_letter_can_need_costs_that_file_only():
    (_, before), (_, refused), (_, after) = sentences([b"a", b"greedy", b"b"], processes=1)
    assert (before, after) == ("a", "b")
    assert refused.startswith("The parser failed on this file (MemoryError, ")


def test_a_file_that_the_parser_comes_to_no_end_with_costs_that_file_only(monkeypatch):
    monkeypatch.setattr(pool, "_TIMEOUT_SECONDS", 3)
    assert sentences([b"a", b"endless", b"b", b"c"], processes=2) == [
        (b"a", "a"),
        (b"endless", "The parser did not finish this file in time."),
        (b"b", "b"),
        (b"c", "c"),
    ]


@pytest.mark.parametrize(("processes", "chunk", "at_most"), [(0, 3, 1), (1, 1, 5), (1, 3, 15)])
def test_no_more_files_are_held_than_a_window_of_them(monkeypatch, processes, chunk, at_most):
    monkeypatch.setattr(pool, "_CHUNK_FILES", chunk)
    monkeypatch.setattr(pool, "_CHUNKS_PER_PROCESS", 4)
    taken = given = 0
    ahead = []

    def tasks():
        nonlocal taken
        for number in range(20):
            taken += 1
            yield str(number).encode()

    with ParserPool(processes, lambda task: task, slow_if_asked) as parser:
        for _ in filter(None, parser.parsed(tasks())):
            ahead.append(taken - given)
            given += 1
    assert given == 20
    assert max(ahead) == at_most


def test_one_who_waits_for_the_workers_is_told_that_nothing_is_ready():
    with ParserPool(1, lambda task: task, slow_if_asked) as parser:
        said = [*parser.parsed([b"slow"])]
    assert None in said
    assert [str(each[1]) for each in said if each] == ["slow"]


def test_of_files_that_travel_together_only_those_that_kill_their_worker_are_lost(monkeypatch):
    monkeypatch.setattr(pool, "_CHUNK_FILES", 3)
    died = "The parser's process died while it read this file."
    tasks = [b"a", b"die", b"b", b"die", b"c"]
    assert [said for _, said in sentences(tasks, processes=1)] == ["a", died, "b", died, "c"]
