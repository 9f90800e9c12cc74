"""`gbcs deliver`: has a PPMID deliver messages to its hub, and prints what the hub does."""

import argparse
import contextlib
import json
import sys

from gbcs.errors import DecodeError
from gbcs_device.base import kind_rows
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.cli.places import started
from gbcs_host.decode import sources
from gbcs_host.lab.displays import Delivery
from gbcs_host.lab.lab import CHF, ESME, GSME, PPMID, Lab
from gbcs_host.links import Link, LinkError

HELP = "Have a PPMID deliver a message to its hub, and print what the hub does with it."
_EUIS = {  # of the devices in the lab
    CHF: bytes.fromhex("00DB1234567890B2"),
    ESME: bytes.fromhex("00DB1234567890A0"),
    GSME: bytes.fromhex("00DB1234567890A1"),
    PPMID: bytes.fromhex("00DB1234567890A4"),
}
# Whose control software delivers messages
_INTERFACES = tuple(kind.lower() for kind in kind_rows.joining() if kind_rows.find(kind).can_act)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs deliver` to a parser."""
    parser.add_argument("message", metavar="MESSAGE", help="hex, base64, a file, or - for stdin")
    parser.add_argument(
        "--device",
        metavar="%s=LINK" % _INTERFACES[0],
        help="link of the PPMID; by default it is emulated here",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the lab")
    parser.add_argument("--json", action="store_true", help="one JSON object a message")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when the hub passed on, kept or answered every message, 1 when not."""
    try:
        messages = [octets for _, octets in sources.messages(args.message)]
    except sources.MissingFile as error:
        raise EnvironmentProblem(str(error)) from None
    except sources.SourceError as error:
        raise UsageError(str(error)) from None
    if not messages:
        raise UsageError("a message expected, found none in '%s'" % args.message)
    passed = 0
    with contextlib.ExitStack() as open_things:
        link = _link(args, open_things)
        try:
            lab = household(args.seed, link)
        except LinkError as error:
            raise EnvironmentProblem(str(error)) from None
        for octets in messages:
            try:
                delivery = lab.deliver(_EUIS[PPMID], octets)
            except DecodeError as error:
                print("gbcs deliver: no message: %s" % error, file=sys.stderr)
                continue
            except LinkError as error:
                raise EnvironmentProblem(str(error)) from None
            passed += delivery.to_wan or delivery.waits_for is not None or bool(delivery.answers)
            _print(args, octets, delivery)
    return 0 if passed == len(messages) else 1


def _link(args: argparse.Namespace, open_things: contextlib.ExitStack) -> "Link | None":
    if args.device is None:
        return None
    kind, equals, name = args.device.partition("=")
    if not equals or kind not in _INTERFACES:
        kinds = " or ".join(_INTERFACES)
        raise UsageError("--device: %s=LINK expected, found '%s'" % (kinds, args.device))
    return open_things.enter_context(started("deliver", kind, name))


def household(seed: int, link: "Link | None") -> Lab:
    """A lab with a hub, both meters and the PPMID, joined. Raises EnvironmentProblem."""

    def open_device(kind: str) -> "Link | None":
        return link if kind.lower() in _INTERFACES else None

    lab = Lab(seed, radio=True, open_device=open_device)
    for kind, eui in _EUIS.items():
        lab.make(kind, eui)
        if kind_rows.find(kind).is_hub:
            continue
        lab.add_to_hub(_EUIS[CHF], eui)
        tried = lab.join(eui, _EUIS[CHF])
        if not tried:
            raise EnvironmentProblem("the %s did not join: %s" % (kind, tried.why))
    for meter in (ESME, GSME):
        lab.introduce(_EUIS[meter], _EUIS[PPMID])
    return lab


def _print(args: argparse.Namespace, octets: bytes, delivery: Delivery) -> None:
    waits_for = None if delivery.waits_for is None else delivery.waits_for.hex().upper()
    if args.json:
        record = {
            "message": octets.hex().upper(),
            "was_sent": delivery.was_sent,
            "to_wan": delivery.to_wan,
            "waits_for": waits_for,
            "answers": [answer.hex().upper() for answer in delivery.answers],
        }
        print(json.dumps(record))
        return
    print("%d octets from the PPMID" % len(octets))
    if not delivery.was_sent:
        print("  not sent: the hub has opened no tunnel")
    elif delivery.to_wan:
        print("  the hub passed them on towards the WAN, octet for octet")
    elif waits_for is not None:
        print("  the hub keeps them for %s, which sleeps" % waits_for)
    elif not delivery.answers:
        print("  not passed on towards the WAN, and no device on the HAN answered")
    for answer in delivery.answers:
        print("  answered: %s" % answer.hex().upper())
