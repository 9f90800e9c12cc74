"""Captures: pcapng of ours and of others, keys, ZEP, and what the dissector makes of frames."""

import contextlib
import io
import socket
import struct
import subprocess
import sys
import tracemalloc

import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st

from gbcs.crypto.backends import default
from gbcs_host import cli
from gbcs_host.capture import Capture, keys, pcapng, zep
from gbcs_host.capture.dissector import Dissector
from gbcs_host.han.air import fcs
from gbcs_host.han.events import AlertReceived, MessageReceived, MessageSent
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.verify import damage

FRAMES = [(1_767_600_000_000_000 + n * 1_000_001, bytes(range(3, 20 + n))) for n in range(5)]


def written(frames=FRAMES):
    out = io.BytesIO()
    writer = pcapng.Writer(out)
    for us, frame in frames:
        writer.write(frame, us, "a comment")
    return out.getvalue()


def packets(octets):
    return [(one.us, one.frame, one.is_whole) for one in pcapng.read(io.BytesIO(octets))]


def pcap(order, magic, ticks, link):
    out = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, link)
    for us, frame in FRAMES:
        octets = frame + fcs(frame) if link == 195 else frame
        if link == 283:
            octets = b"\x00\x00\x0c\x00\x00\x00\x01\x00\x01\x00\x00\x00" + frame + fcs(frame)
        part = us % 1_000_000 * (ticks // 1_000_000)
        out += (
            struct.pack(order + "IIII", us // 1_000_000, part, len(octets), len(octets)) + octets
        )
    return out


def test_what_was_written_is_read():
    assert packets(written()) == [(us, frame, True) for us, frame in FRAMES]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("magic", "ticks"), [(0xA1B2C3D4, 10**6), (0xA1B23C4D, 10**9)])
@pytest.mark.parametrize("link", [195, 230, 283])
def test_pcap_of_any_order_resolution_and_link_type_is_read(order, magic, ticks, link):
    assert packets(pcap(order, magic, ticks, link)) == [(us, one, True) for us, one in FRAMES]


def test_a_wrong_check_sequence_is_said():
    octets = bytearray(written())
    octets[octets.index(FRAMES[2][1]) + 5] ^= 1
    assert [whole for _, _, whole in packets(bytes(octets))] == [True, True, False, True, True]


def test_of_a_damaged_file_what_came_before_is_given():
    octets = written()
    for end in range(60, len(octets)):
        found = []
        with contextlib.suppress(pcapng.BadCapture):
            for one in pcapng.read(io.BytesIO(octets[:end])):
                found.append((one.us, one.frame))
        assert found == FRAMES[: len(found)]
    with pytest.raises(pcapng.BadCapture, match="at offset 0"):
        packets(b"no capture")
    with pytest.raises(pcapng.BadCapture, match="link type"):
        packets(pcap("<", 0xA1B2C3D4, 10**6, 1))


@given(st.binary(max_size=300))
def test_any_octets_are_read_or_refused(octets):
    for head in (b"", written()[:52], pcap("<", 0xA1B2C3D4, 10**6, 195)[:24]):
        with contextlib.suppress(pcapng.BadCapture):
            packets(head + octets)


@given(st.binary(min_size=1, max_size=125), st.integers(0, 2**32 * 10**6 - 1))
def test_zep_carries_frame_and_time(frame, us):
    found = zep.decode(zep.encode(frame, us, 7))
    assert found is not None
    assert found[1] == frame
    assert found[0] == us
    assert zep.decode(zep.encode(frame, us, 7)[:-1]) is None


def test_keys_are_written_once_and_read():
    out = io.StringIO()
    file = keys.KeyFile(out)
    for _ in range(2):
        file.add(bytes(range(16)), 'with "quotes"')
    lines = out.getvalue() + '"0f0e0d0c0b0a09080706050403020100","Reverse","r"\n# none\n\n'
    assert keys.read(io.StringIO(lines)) == [
        (bytes(range(16)), "with 'quotes'"),
        (bytes(range(16)), "r"),
    ]
    with pytest.raises(keys.BadKeyFile, match="32 hexadecimal digits"):
        keys.read(io.StringIO('"00","Normal","short"\n'))


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """The path of a capture, the messages carried to meters and from them, and the frames."""
    carried = []
    path = str(tmp_path_factory.mktemp("capture") / "han.pcapng")
    with Capture.create(path) as capture:
        lab = Lab(3, radio=True, watch=capture.watch, reveal=capture.reveal)
        lab.observe(carried.append, MessageSent, MessageReceived, AlertReceived)
        hub, *meters = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "A0", "A1")]
        lab.make(CHF, hub)
        for kind, eui in zip((ESME, GSME), meters, strict=True):
            lab.make(kind, eui)
            assert lab.add_to_hub(hub, eui).is_success
            assert lab.join(eui, hub)
        assert lab.read("ECS17b", meters[0]).is_success
        assert lab.read("GCS13a", meters[1]).is_success
    lab.pki.write(path + ".store")
    octets = [event.octets for event in carried if hub not in (event.sender, event.recipient)]
    return path, octets, lab.han.air.frames


def test_the_messages_of_a_capture_are_those_that_were_carried(scene):
    path, carried, _ = scene
    with open(path + ".keys") as file:
        dissector = Dissector(keys.read(file), default())
    heard = []
    with open(path, "rb") as file:
        for packet in pcapng.read(file):
            frame = dissector.take(packet.us, packet.frame)
            assert not frame.problems
            heard += [one.octets for one in frame.messages]
    assert heard == carried
    assert not dissector.locked


def test_decode_reads_a_capture_and_verifies_what_is_in_it(scene, capsys):
    path, carried, frames = scene
    assert cli.main(["decode", path, "--keystore", path + ".store", "--json"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == len(carried)
    assert "no key opens" not in said.err
    assert "4 valid" in said.err
    assert cli.main(["decode", path, "--frames"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == frames
    assert "Tunneling PUT" in said.out


def test_without_keys_decode_says_that_nothing_opens(scene, capsys, tmp_path):
    path, _, _ = scene
    bare = tmp_path / "bare.pcapng"
    with open(path, "rb") as file:
        bare.write_bytes(file.read())
    assert cli.main(["decode", str(bare)]) == 1
    assert "that no key opens" in capsys.readouterr().err
    assert cli.main(["decode", str(bare), "--keys", str(tmp_path / "none")]) == 3
    assert cli.main(["decode", str(bare), "--keys", str(bare)]) == 2


def test_a_later_capture_opens_with_the_network_key(scene):
    """The first third, where the keys are transported, is not there."""
    path, _, _ = scene
    with open(path + ".keys") as file:
        known = keys.read(file)
    dissector = Dissector(known, default())
    with open(path, "rb") as file:
        found = list(pcapng.read(file))
    for packet in found[len(found) // 3 :]:
        dissector.take(packet.us, packet.frame)
    assert not dissector.locked


def test_the_example_frames_are_opened_and_named():
    facts = SHARED / "zigbee_facts.md"
    if not facts.is_file():
        pytest.skip("no ZigBee facts: set GBCS_SHARED to the folder that holds zigbee_facts.md")
    import re

    text = facts.read_text()
    text = text[text.index("## 4. ") : text.index("## 5. ")]
    known = re.findall(r"`([0-9a-f]{32})`", text.partition("### 4.1")[0])
    known += [bytes(range(0xA0, 0xB0)).hex(), bytes(range(0x50, 0x60)).hex()]
    rows = re.findall(r"^\| ([^|]+) \| `([0-9a-f]+)` \|$", text.partition("### 4.2")[2], re.M)
    names = {
        "beacon": "MAC beacon",
        "node_desc_req": "ZDO NodeDescReq",
        "ESME Ephemeral Data Request": "KeyEstablishment EphemeralDataRequest",
        "Request Mirror": "Metering RequestMirror",
        "TransferData GET": "Tunneling GET",
        "transport-key app": "APS TransportKey",
        "IHD GetCurrentPrice": "Price GetCurrentPrice",
        "nwk leave": "NWK Leave",
        "switch-key": "APS SwitchKey",
        "swap rejoin rsp": "NWK RejoinResponse",
        "swap transport key": "APS TransportKey",
    }
    dissector = Dissector([(bytes.fromhex(one), one) for one in known], default())
    for _, octets in rows:  # addresses are learned from all of them
        dissector.take(0, bytes.fromhex(octets))
    for index, (name, octets) in enumerate(rows):
        found = dissector.take((index + 1) * 60_000_000, bytes.fromhex(octets))
        assert not found.is_locked, name
        if name in names:
            assert names[name] in " ".join(found.layers), name


def test_no_frame_stops_the_dissector_or_makes_it_grow(scene):
    path, _, _ = scene
    with open(path + ".keys") as file:
        dissector = Dissector(keys.read(file), default())
    with open(path, "rb") as file:
        frames = [packet.frame for packet in pcapng.read(file)]
    for number, frame in enumerate(frames):
        dissector.take(number * 1000, frame)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number, frame in enumerate(damage.damaged(frames, 20_000, 9)):
        dissector.take(number * 1000, frame)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 2_000_000


SCENARIO = '''"""One meter joins and is read."""
TITLE = "short"


def play(p):
    hub, meter = bytes.fromhex("00DB1234567890B2"), bytes.fromhex("00DB1234567890A0")
    p.part("all")
    with p.step("a meter joins and is read", "for captures") as step:
        p.lab.make("CHF", hub)
        p.lab.make("ESME", meter)
        step.check(p.lab.add_to_hub(hub, meter).is_success, "listed")
        step.check(p.lab.join(meter, hub), "joined")
        step.check(p.lab.read("ECS17b", meter).is_success, "read")
'''


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_a_run_is_monitored_and_captured_elsewhere(kind, tmp_path, capsys):
    with socket.socket(type=socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        link = "%s:127.0.0.1:%d" % (kind, probe.getsockname()[1])
    scenario = tmp_path / "short.py"
    scenario.write_text(SCENARIO)
    there, here = tmp_path / "there.pcapng", tmp_path / "here.pcapng"
    process = subprocess.Popen(
        [sys.executable, "-m", "gbcs_host.cli", "capture", link, str(there), "--seconds", "20",
         "--count", "60"], stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr.readline().startswith("capturing at " + link)
        command = ["run", str(scenario), "--monitor", link, "--capture", str(here)]
        assert cli.main([*command, "--keystore", str(tmp_path / "keys")]) == 0
        assert process.wait(30) == 0
        assert process.stderr.read().startswith("60 frames")
    finally:
        process.kill()
        process.stderr.close()
    capsys.readouterr()
    with open(there, "rb") as one, open(here, "rb") as other:
        mine = [(packet.us, packet.frame) for packet in pcapng.read(other)]
        assert [(packet.us, packet.frame) for packet in pcapng.read(one)] == mine[:60]
    assert cli.main(["decode", str(here), "--keystore", str(tmp_path / "keys")]) == 0
    assert "2 messages; 2 decoded" in capsys.readouterr().err


def test_what_cannot_be_captured_is_said(tmp_path, capsys):
    target = str(tmp_path / "x.pcapng")
    assert cli.main(["capture", "pigeon:1", target]) == 2
    assert cli.main(["capture", "udp:here", target]) == 2
    nowhere = str(tmp_path / "no" / "x")
    assert cli.main(["capture", "udp:127.0.0.1:0", nowhere, "--seconds", "0"]) == 3
    assert cli.main(["capture", "udp:127.0.0.1:0", target, "--seconds", "0"]) == 1
    assert cli.main(["run", "triage", "--capture", nowhere]) == 3
    assert cli.main(["decode", "--frames", "DD00"]) == 3
    assert "'DD00': no such file" in capsys.readouterr().err
