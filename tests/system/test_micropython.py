"""The dual tests on MicroPython: in the heap of a board on the unix port, and on the emulated one.

Where there is no MicroPython these are skipped and say why; GBCS_NEED_MICROPYTHON makes that a
failure.
"""

import importlib.util
import os
import pathlib
import sys

import pytest

DUAL = pathlib.Path(__file__).resolve().parents[1] / "dual"


def _load():
    spec = importlib.util.spec_from_file_location("dual_run", DUAL / "run.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["dual_run"] = module
    spec.loader.exec_module(module)
    return module


dual = _load()


def _have(prepare, *arguments):
    try:
        prepare(*arguments)
    except dual.fetch.Unavailable as error:
        if os.environ.get("GBCS_NEED_MICROPYTHON"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def unix_port():
    """The unix port, fetched."""
    _have(dual.fetch.runtime)


@pytest.fixture(scope="session")
def board():
    """The emulated board, its firmware built."""
    _have(dual.qemu.available)
    _have(dual.qemu.build_board.firmware)


@pytest.mark.parametrize("name", dual.names())
def test_a_file_passes_on_the_unix_port_in_128_kb(unix_port, name):
    result = dual.on_unix(name)
    assert result.passed, result.text
    assert not result.failed, result.text


@pytest.mark.parametrize("name", dual.names())
def test_a_file_passes_on_the_emulated_board_with_the_core_frozen(board, name):
    result = dual.on_board(name)
    assert result.passed, result.text
    assert not result.failed, result.text
