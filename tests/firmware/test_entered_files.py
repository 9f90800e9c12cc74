"""How many files one command goes through: who reads what a device does has as many to open.

The goal was 18. Of the 29 that ECS70 enters, 15 are the core's: message, protect, use cases and
payload, A-XDR and DLMS (five), COSEM, dates, lengths, and cryptography (three). That leaves 3 for
a device, which has a file each for its path, its kind, who may send, keys, access requests, an
item, defaults, what fits a template, objects, logs, clock, names, and two for its store.
"""

import sys

import pytest

from gbcs.crypto import openssl

MOST_FILES = 29


@pytest.fixture
def reference(monkeypatch):
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


def test_a_command_goes_through_no_more_files_than_before(reference):
    case = reference.ECS70
    reference.device(case).receive(case.command, case.now)  # what is imported and made once
    files = entered(reference.device(case), case)
    assert 0 < len(files) <= MOST_FILES, sorted(files)
