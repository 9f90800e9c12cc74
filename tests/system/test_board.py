"""What is promised of the emulated Cortex-M3 holds: instructions, heap, messages in 64 KB."""

import os

import pytest

from bench import bench_board


@pytest.fixture(scope="module")
def board():
    """The emulated board, its firmware built."""
    try:
        bench_board.qemu.available()
        for heap_kb in (128, 64):
            bench_board.qemu.build_board.firmware(heap_kb)
    except bench_board.fetch.Unavailable as error:
        if os.environ.get("GBCS_NEED_MICROPYTHON"):
            pytest.fail(str(error))
        pytest.skip(str(error))


def missed(rows):
    return [row for row in rows if not row[3]]


def test_signatures_stay_within_their_instructions(board):
    rows = bench_board.arithmetic()
    assert len(rows) == 6
    assert not missed(rows)


def test_a_mac_stays_within_its_instructions(board):
    assert not missed(bench_board.gmac())


def test_a_meters_share_of_the_core_stays_within_its_heap(board, shared):
    rows = bench_board.resident()
    assert len(rows) == 6
    assert not missed(rows)


def test_reference_messages_are_checked_and_walked_in_64_kb(board, shared):
    rows = bench_board.walk(60)
    assert int(rows[0][1].split(" ")[0]) >= 60
    assert not missed(rows)
