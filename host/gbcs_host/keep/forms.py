"""What of a lab is kept otherwise than by its attributes, and the functions it may refer to."""

import functools
from typing import Any

from gbcs import usecases
from gbcs.crypto import openssl
from gbcs.usecases import UseCase
from gbcs.zigbee import implicit
from gbcs_device.base.store import FileMedium
from gbcs_host.han.events import Observers
from gbcs_host.keep.graph import Forms, attributes, fill
from gbcs_host.lab.inventory import Inventory

# What a lab, its devices and stations hold to call it later: rooms, which do no I/O, and methods
CALLABLES = frozenset(
    (
        "gbcs.blocks",
        "gbcs.zigbee",
        "gbcs_device.devices",
        "gbcs_device.han",
        "gbcs_device.messages",
        "gbcs_device.usecases",
        "gbcs_host.han.han:Han._next_timer",
        "gbcs_host.han.han:Han.touch",
        "gbcs_host.han.zigbee:ZigbeeHan._after",
        "gbcs_host.han.zigbee:ZigbeeHan.touch",
        "gbcs_host.lab.displays:Displays._settle",
        "gbcs_host.lab.lab:Lab._exchanged",
        "gbcs_host.lab.lab:Lab._join_over",
        "gbcs_host.lab.service_requests:ServiceRequests._added",
        "gbcs_host.lab.service_requests:ServiceRequests._disconnected",
        "gbcs_host.lab.service_requests:ServiceRequests._removed",
        "gbcs_host.lab.service_requests:ServiceRequests._restored",
        "random:Random.randbytes",
    )
)
# Whose callers do not go with a lab: what they wait for is told to new observers
PASSING_ON = {
    "gbcs_host.han.pending:PendingAnswer": "_calls",
    "gbcs_host.han.pending:PendingJoin": "_calls",
    "gbcs_host.lab.displays:Delivery": "_calls",
}


def _private(key: openssl.PrivateKey) -> bytes:
    return key.key.private_numbers().private_value.to_bytes(32, "big")


def _case_name(case: UseCase) -> str:
    return "%s %s" % (case.name, case.mode)


@functools.cache
def _use_case(name: str) -> UseCase:
    """The use case of a name and mode. Raises LookupError."""
    cases = usecases.by_name(name.partition(" ")[0])
    return {_case_name(case): case for case in cases}[name]


def _without(*names: str) -> Any:
    """What gives the attributes of an object without these."""

    def taken(thing: Any) -> "dict[str, Any]":
        return {name: value for name, value in attributes(thing).items() if name not in names}

    return taken


def _authority(authority: Any, values: "dict[str, Any]") -> None:
    fill(authority, {**values, "_curve": implicit.curve(values["suite"])})


def _observers(observers: Any, values: "dict[str, Any]") -> None:
    """Whoever had asked for events before is not there any more."""
    observers.__init__()


FORMS = Forms(
    CALLABLES,
    PASSING_ON,
    refused=(FileMedium,),
    made={
        openssl.PublicKey: ("public key", lambda key: key.octets),
        openssl.PrivateKey: ("private key", _private),
        UseCase: ("use case", _case_name),
    },
    make={
        "public key": openssl.public_key,
        "private key": openssl.private_key,
        "use case": _use_case,
    },
    states={
        implicit.Authority: (_without("_curve"), _authority),
        Observers: (_without("_by_kind"), _observers),
        Inventory: (Inventory.kept, Inventory.fill),
    },
)
