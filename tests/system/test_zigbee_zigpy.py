"""Every ZCL frame on the air of a run, read by zigpy: it agrees wherever it knows the command."""

import pytest

from gbcs.crypto.backends import default
from gbcs.zcl import zcl
from gbcs_device.clusters import attributes
from gbcs_host.capture.dissector import Dissector
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from tests.display import Home
from tests.protocol.test_zcl import leaves, plain, zigpy_leaves

foundation = pytest.importorskip("zigpy.zcl.foundation")
zigpy_zcl = pytest.importorskip("zigpy.zcl")
pytest.importorskip("zigpy.zcl.clusters")

HUB, *METERS = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "A0", "A1")]


@pytest.fixture(scope="module")
def frames():
    """Cluster and octets of each ZCL frame of a run in which meters join and are read."""
    keys, heard = [], []
    lab = Lab(
        4,
        radio=True,
        watch=lambda octets, us: heard.append((us, octets)),
        reveal=lambda what, eui, key: keys.append((key, what)),
    )
    lab.make(CHF, HUB)
    for kind, eui in zip((ESME, GSME), METERS, strict=True):
        lab.make(kind, eui)
        assert lab.add_to_hub(HUB, eui).is_success
        assert lab.join(eui, HUB)
    for use_case, meter in (("ECS17b", 0), ("ECS35b", 0), ("GCS13a", 1), ("GCS33", 1)):
        assert lab.read(use_case, METERS[meter]).is_success
    lab.pass_time(4000)
    return opened(keys, heard)


def opened(keys, heard):
    """Cluster and octets of each ZCL frame that was heard."""
    dissector = Dissector(keys, default())
    found = [dissector.take(us, octets).zcl for us, octets in heard]
    assert not dissector.locked
    return [one for one in found if one is not None]


@pytest.fixture(scope="module")
def displayed():
    """The same of a run in which a display reads everything that there is, and is told things."""
    keys, heard = [], []
    home = Home(
        watch=lambda octets, us: heard.append((us, octets)),
        reveal=lambda what, eui, key: keys.append((key, what)),
    )
    home.ask_for_a_key().ask_everything()
    assert home.lab.read("ECS10", home.esme.eui, {"value": b"Hello"}).is_success
    assert home.lab.read("ECS43", home.esme.eui).is_success
    return opened(keys, heard)


def schema(cluster, control, command):
    """zigpy's schema of a command, or None."""
    if not control & zcl.CLUSTER_SPECIFIC:
        return foundation.GENERAL_COMMANDS[command].schema
    known = zigpy_zcl.Cluster._registry.get(cluster)
    if known is None:
        return None
    commands = known.client_commands if control & zcl.TO_CLIENT else known.server_commands
    return commands[command].schema if command in commands else None


def test_there_are_frames_of_all_clusters_that_a_meter_needs(frames):
    assert {cluster for cluster, _ in frames} == {
        0x0025,
        0x0700,
        0x0702,
        0x0704,
        0x0705,
        0x0800,
    }


def test_zigpy_agrees_on_every_frame_that_it_knows(frames):
    assert len(compared(frames)) > 6


def test_zigpy_agrees_on_what_displays_read_and_are_told(displayed):
    found = compared(displayed)
    assert {0x0000, 0x000A, 0x0700, 0x0702, 0x0703, 0x0705, 0x0708} <= {one[0] for one in found}
    assert {
        (0x0702, 0x01, 0x0C),
        (0x0702, 0x19, 0x0C),
    } <= found  # of the others it has no commands


def test_zigpy_has_the_same_types_for_what_is_metered():
    known = zigpy_zcl.Cluster._registry[0x0702].attributes
    compared = 0
    for cluster, first, step, count, _, _, kind, _, _ in attributes.ROWS:
        for identifier in range(first, first + step * count, step):
            if cluster == 0x0702 and identifier in known:
                assert int(known[identifier].zcl_type) == kind, known[identifier].name
                compared += 1
    assert compared > 20


def compared(frames):
    """Cluster, frame control and command of the frames in which zigpy reads what we read."""
    compared = set()
    for cluster, octets in frames:
        header, rest = foundation.ZCLHeader.deserialize(octets)
        frame = zcl.decode_frame(octets, 0, len(octets), cluster)
        assert zcl.encode_frame(frame) == octets
        assert header.tsn == frame.sequence
        assert header.command_id == frame.command
        assert bool(header.direction) == bool(frame.frame_control & zcl.TO_CLIENT)
        assert bool(header.frame_control.disable_default_response) == bool(octets[0] & 0x10)
        known = schema(cluster, octets[0], frame.command)
        if known is None:
            continue
        value, rest = known.deserialize(rest)
        assert rest == b""
        assert [plain(leaf) for leaf in leaves(frame.fields)] == list(zigpy_leaves(value))
        assert header.serialize() + value.serialize() == octets
        compared.add((cluster, octets[0], frame.command))
    return compared
