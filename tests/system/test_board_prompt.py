"""The prompt of MicroPython's port for a PC, our modules frozen in."""

import os
import signal
import socket
import subprocess

import pytest

from gbcs_host.cli import board as board_command
from gbcs_host.lab.lab import CHF, ESME, Lab
from gbcs_host.links import open_link
from tests import emulated

IMPORT = "from gbcs_device.board.app import *\n"
HUB, METER = bytes.fromhex("00DB1234567890B2"), bytes.fromhex("00DB1234567890A0")


@pytest.fixture(scope="module")
def unix_port():
    return emulated.unix_port()


@pytest.fixture
def started(unix_port):
    """Starts a script, whose output is a pipe; ends what still runs."""
    processes = []

    def start(script):
        process = subprocess.Popen(
            [str(unix_port), "-X", "heapsize=1m", "-c", IMPORT + script],
            env={**os.environ, "MICROPYPATH": ".frozen"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def test_run_without_a_link_says_what_to_do_instead(started):
    printed = started("run()").communicate(timeout=60)[0]
    assert printed == "no HAN link here: listen(PORT) serves the device over TCP\n"


def test_ctrl_c_ends_listen_without_a_traceback(started):
    port = free_port()
    process = started("listen(%d)\nprint('the prompt')" % port)
    assert process.stdout.readline() == "listening %d\n" % port
    process.send_signal(signal.SIGINT)
    printed = process.communicate(timeout=60)[0]
    assert "Traceback" not in printed
    assert "listen(%d) goes on" % port in printed
    assert printed.endswith("the prompt\n")


def test_logs_have_dates_and_say_where_they_are_empty(started):
    port = free_port()
    process = started("log()\nlisten(%d)\nlog()\nalert('x')\nshow('0702', 0)" % port)
    assert process.stdout.readline() == "security empty\n"
    assert process.stdout.readline() == "event    empty\n"
    assert process.stdout.readline() == "listening %d\n" % port
    with open_link("tcp:127.0.0.1:%d" % port) as link:
        lab = Lab(8, radio=True, open_device=lambda kind: link)
        lab.make(CHF, HUB)
        lab.make(ESME, METER)
        lab.add_to_hub(HUB, METER)
        assert lab.join(METER, HUB)
        assert lab.read("ECS43", METER, party="network operator").answer is None
    process.send_signal(signal.SIGINT)
    printed = process.communicate(timeout=60)[0]
    assert "Traceback" not in printed
    assert "security 20260105" in printed
    assert "an alert code expected" in printed
    assert "not in the store" in printed
    named = board_command._LOG_ENTRY.sub(board_command._with_name, printed)
    assert "8F3E Unauthorised Communication Access attempted" in named
