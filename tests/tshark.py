"""tshark as the independent reader of captures. Debian has it as a package of that name."""

import os
import shutil
import subprocess

import pytest

TSHARK = shutil.which("tshark")
NEEDED = "GBCS_NEED_MICROPYTHON"  # set in CI, where nothing is skipped


def fields(path, keys, *names, where=""):
    """One row a frame that the display filter `where` takes, of the named fields, tabs between.

    `keys` are lines of a zigbee_pc_keys file.
    """
    if TSHARK is None:
        if os.environ.get(NEEDED):
            pytest.fail("tshark is not installed: apt-get install tshark")
        pytest.skip("tshark is not installed: apt-get install tshark")
    command = [TSHARK, "-n", "-r", str(path)]
    for line in keys:
        command += ["-o", "uat:zigbee_pc_keys:%s" % line.strip()]
    if where:
        command += ["-Y", where]
    if names:
        command += ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
        for name in names:
            command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]
