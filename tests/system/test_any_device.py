"""What any meter must do on a HAN: here, in another process, on a board (pytest --device).

pytest tests/system/test_any_device.py --device esme=serial:/dev/ttyACM0
"""

import pytest

from gbcs_device.base import logs
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.links import open_link

HUB, OTHER = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "C2")]
METERS = {ESME: bytes.fromhex("00DB1234567890A0"), GSME: bytes.fromhex("00DB1234567890A1")}
READS = {ESME: ("ECS17b", "ECS52", "ECS35b"), GSME: ("GCS13a", "GCS38")}


@pytest.fixture(params=[ESME, GSME])
def scene(request):
    """A lab with two hubs and a meter of a kind: (lab, meter, kind)."""
    names = dict(one.split("=", 1) for one in request.config.getoption("--device"))
    name = names.get(request.param.lower())
    if names and name is None:
        pytest.skip("--device names none of this kind")
    links = []

    def open_device(kind):
        if name is None:
            return None
        links.append(open_link(name))
        return links[-1]

    lab = Lab(12, radio=True, open_device=open_device)
    meter = METERS[request.param]
    for kind, eui in ((CHF, HUB), (CHF, OTHER), (request.param, meter)):
        lab.make(kind, eui)
    yield lab, meter, request.param
    for link in links:
        link.close()


def joined(lab, meter, hub=HUB):
    assert lab.add_to_hub(hub, meter).is_success
    assert lab.join(meter, hub).by == "install code key"


def test_it_joins_answers_leaves_and_joins_another(scene):
    lab, meter, kind = scene
    joined(lab, meter)
    assert lab.han.meters[meter].hashed_key() == lab.han.hubs[HUB].log.find(meter).hashed
    for use_case in READS[kind]:
        assert lab.read(use_case, meter).is_success, use_case
    assert lab.disconnect(meter).is_success
    assert not lab.han.meters[meter].is_joined()
    assert lab.remove_from_hub(HUB, meter).is_success
    joined(lab, meter, OTHER)
    assert lab.read(READS[kind][0], meter).is_success


def test_it_comes_back_after_its_power_was_gone(scene):
    lab, meter, kind = scene
    joined(lab, meter)
    key = lab.han.meters[meter].hashed_key()
    lab.restart(meter)
    lab.pass_time(20)
    assert lab.han.meters[meter].hashed_key() == key
    assert lab.read(READS[kind][0], meter).is_success


def test_it_takes_no_command_twice_and_none_that_was_altered(scene):
    lab, meter, _kind = scene
    joined(lab, meter)
    done = lab.disconnect(meter, party="network operator")
    assert done.answer is None
    altered = bytearray(done.command)
    altered[-1] ^= 1
    assert lab.carry("CS02f", bytes(altered), meter).answer is None
    codes = [code for _, code in lab.han.meters[meter].security_log()]
    assert logs.UNAUTHORISED_ACCESS in codes
    assert logs.AUTHENTICATION_FAILED in codes
    assert lab.han.meters[meter].is_joined()


def test_it_joins_no_hub_that_does_not_list_it(scene):
    lab, meter, _kind = scene
    assert not lab.join(meter, OTHER)
    assert not lab.han.meters[meter].is_joined()
