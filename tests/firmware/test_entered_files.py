"""How many files one command goes through: who reads what a device does has as many to open.

Of the 18 that ECS70 enters, nine are the core's: message, protect, use cases, DLMS, A-XDR that is
skipped, COSEM, lengths, times, cryptography. A device has nine: its path, who may send (two),
access requests, layouts, an ESME's own objects, logs, two for its store.
"""

import sys

import pytest

from gbcs.crypto import openssl

MOST_FILES = 18


@pytest.fixture
def esme_cases(monkeypatch):
    """The tests of an ESME with reference messages; a module that both Pythons run."""
    monkeypatch.syspath_prepend("tests/dual")
    import device_cases
    import test_device_esme

    monkeypatch.setattr(device_cases, "portable", openssl)
    return test_device_esme


def entered(device, case):
    """The files of ours in which a function is called while a device takes a command."""
    files = set()

    def profile(frame, event, argument):
        path = frame.f_code.co_filename
        if event == "call" and ("/protocol/gbcs/" in path or "/firmware/gbcs_device/" in path):
            files.add(path)

    sys.setprofile(profile)
    try:
        assert device.receive(case.command, case.now) is not None
    finally:
        sys.setprofile(None)
    return files


def test_a_command_goes_through_no_more_files_than_before(esme_cases):
    case = esme_cases.ECS70
    esme_cases.device(case).receive(case.command, case.now)  # what is imported and made once
    files = entered(esme_cases.device(case), case)
    assert 0 < len(files) <= MOST_FILES, sorted(files)
