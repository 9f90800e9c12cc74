"""`gbcs utrn`: makes and checks prepayment tokens (UTRNs): GBCS 14."""

import argparse
import json
from typing import Any

from gbcs import utrn
from gbcs.crypto import backends
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.decode import present
from gbcs_host.decode.keystore import KeyStore

_MAX_COUNTER = (1 << 64) - 1

HELP = "Make and check prepayment tokens (UTRN)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs utrn make` and `gbcs utrn check` to a parser."""
    commands = parser.add_subparsers(dest="action", required=True)
    make = commands.add_parser("make", help="a token for a device")
    make.add_argument("--pounds", type=int, metavar="N", help="a value of 0 to 8191 pounds")
    make.add_argument("--pence", type=int, metavar="N", help="a value of 0 to 8191 pence")
    check = commands.add_parser("check", help="what a token says, and whether it is genuine")
    check.add_argument("utrn", help="20 digits, with or without spaces")
    for command, needed in ((make, True), (check, False)):
        command.add_argument(
            "--supplier", required=needed, metavar="EUI64", help="whose token it is"
        )
        command.add_argument(
            "--device", required=needed, metavar="EUI64", help="the meter that takes it"
        )
        command.add_argument(
            "--counter",
            required=needed,
            type=_counter,
            help="the supplier's 64-bit originator counter, such as 0x0000000300000000",
        )
        command.add_argument("--keystore", metavar="DIR", help="EUI-pp-ka.key and EUI-ka.pem")
        command.add_argument("--secret", metavar="HEX", help="the shared secret, 32 octets")
        command.add_argument("--json", action="store_true", help="one JSON object")


def _counter(text: str) -> int:
    """An originator counter in decimal, or in hex after 0x."""
    try:
        counter = int(text, 0)
    except ValueError:
        counter = -1
    if not 0 <= counter <= _MAX_COUNTER:
        form = "a number of 64 bits, such as 0x0000000300000000, expected, found '%s'"
        raise argparse.ArgumentTypeError(form % text)
    return counter


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 1 where a token is not genuine."""
    return _make(args) if args.action == "make" else _check(args)


def _make(args: argparse.Namespace) -> int:
    if (args.pounds is None) == (args.pence is None):
        raise UsageError(
            "either --pounds or --pence expected, found %s"
            % ("none" if args.pounds is None else "both")
        )
    kind = utrn.PENCE if args.pounds is None else utrn.POUNDS
    value = args.pence if args.pounds is None else args.pounds
    if not 0 <= value <= utrn.MAX_VALUE:
        option = "--pence" if args.pounds is None else "--pounds"
        raise UsageError("%s: 0 to %d expected, found %d" % (option, utrn.MAX_VALUE, value))
    supplier, device, secret = _parties(args)
    try:
        digits = utrn.make(secret, supplier, device, args.counter, value, kind, backends.default())
    except ValueError as error:
        raise UsageError(str(error)) from None
    print(json.dumps({"utrn": digits}) if args.json else digits)
    return 0


def _check(args: argparse.Namespace) -> int:
    digits = "".join(args.utrn.split())
    facts: dict[str, Any] = {"utrn": digits}
    status = 0
    try:
        token = utrn.decode(digits)
        facts["pence"] = token.pence
        facts["counter_bits"] = token.counter_bits
        facts["mac"] = "not checked: give --supplier, --device, --counter and --keystore"
        if args.supplier and args.device and args.counter is not None:
            supplier, device, secret = _parties(args)
            utrn.verify(digits, secret, supplier, device, args.counter, backends.default())
            facts["mac"] = "valid"
    except utrn.BadToken as error:
        facts["error"] = str(error)
        facts.pop("mac", None)
        status = 1
    if args.json:
        print(json.dumps(facts))
    else:
        print("\n".join("%-13s %s" % pair for pair in facts.items()))
    return status


def _parties(args: argparse.Namespace) -> tuple[bytes, bytes, bytes]:
    try:
        supplier = present.eui64_octets(args.supplier)
        device = present.eui64_octets(args.device)
        secret = bytes.fromhex(args.secret) if args.secret else None
    except ValueError as error:
        raise UsageError(str(error)) from None
    if secret is None:
        if not args.keystore:
            raise UsageError("--keystore DIR or --secret HEX expected, found neither")
        try:
            store = KeyStore.load(args.keystore)
            secret = store.token_secret(supplier, device)
        except OSError as error:
            raise EnvironmentProblem("'%s': %s" % (args.keystore, error.strerror)) from None
        if secret is None:
            missing = [
                name
                for name, key in (
                    ("%s-pp-ka.key" % supplier.hex(), store.private(supplier, "pp-ka")),
                    ("%s-ka.pem" % device.hex(), store.public(device, "ka")),
                )
                if key is None
            ]
            form = "the key store '%s' lacks %s, or it is damaged"
            raise EnvironmentProblem(form % (args.keystore, " and ".join(missing)))
    if len(secret) != 32:
        raise UsageError("--secret: 32 octets expected, found %d" % len(secret))
    return supplier, device, secret
