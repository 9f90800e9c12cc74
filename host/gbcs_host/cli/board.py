"""`gbcs board`: builds and flashes firmware; provisions and inspects boards on serial ports."""

import argparse
import hashlib
import pathlib
import re
import subprocess
import sys
import time
from collections.abc import Callable

from gbcs import codes, usecases
from gbcs_device.base import kind_rows
from gbcs_host.boards import board, firmware
from gbcs_host.boards.board import BoardError
from gbcs_host.boards.firmware import BuildError, UnknownBoard
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.decode import examine, tree, verdict
from gbcs_host.display import shots
from gbcs_host.han.remote import RemoteStation, identify
from gbcs_host.lab.lab import CHF, ESME, Lab, NotOurs
from gbcs_host.links import Link, LinkError

_HUBS = bytes.fromhex("00DB1234")
_LOG_ENTRY = re.compile(r"^(?:security|event) +\d{14}Z (?P<code>[0-9A-F]{4})\b.*?(?= *\r?$)", re.M)
_SEARCH_S = 400  # in which a display finds a new meter
_PORT = "a serial port, such as /dev/ttyACM0 or COM3"
_METER = bytes.fromhex("00DB1234567890E0")
_READS = {  # by what is metered
    kind_rows.NOTHING: (),
    kind_rows.ELECTRICITY: ("ECS70", "ECS17b", "ECS52"),
    kind_rows.GAS: ("GCS13a", "GCS38"),
}
_RECENT = """
from gbcs_device.board import device_here as onboard
for octets in onboard.device().recent if onboard.device() else ():
    print("".join(["%02X" % octet for octet in octets]))
"""

HELP = "Build, flash and deploy firmware; provision, inspect and reset a board on a serial port."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands and options of `gbcs board` to a parser."""
    to_do = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    to_do.add_parser("list", help="list the boards that have firmware, and the serial ports")
    for name, text in (
        ("info", "print board, versions, identity, free heap and files of the board on the port"),
        ("start", "start the device on the port, as gbcs run --device does where necessary"),
        ("repl", "MicroPython's prompt, by mpremote (Ctrl-] ends it)"),
        ("reset", "restart the board, as after a power cut"),
        (
            "erase",
            "remove identity, keys and all data from the board, and check that none is left",
        ),
    ):
        plain = to_do.add_parser(name, help=text)
        plain.add_argument("port", metavar="PORT", help=_PORT)
    log = to_do.add_parser("log", help="state, logs and counters of the device")
    log.add_argument("port", metavar="PORT", help=_PORT)
    log.add_argument(
        "--messages", action="store_true", help="also the device's last messages, decoded"
    )
    build = to_do.add_parser(
        "build", help="build firmware; MICROPY_DIR names MicroPython's source"
    )
    build.add_argument("board", metavar="BOARD", help="a name of gbcs board list")
    build.add_argument(
        "--folder", metavar="DIR", help="folder of the build; by default build/BOARD"
    )
    build.add_argument(
        "--make", metavar="VAR=VALUE", action="append", default=[], help="one more word for make"
    )
    flash = to_do.add_parser("flash", help="put an image on a board")
    flash.add_argument("board", metavar="BOARD", help="a name of gbcs board list")
    flash.add_argument("image", metavar="IMAGE", help="the path that gbcs board build printed")
    flash.add_argument(
        "--port", default="", metavar="PORT", help="the port that esptool flashes an ESP32 by"
    )
    deploy = to_do.add_parser(
        "deploy", help="copy our modules as .mpy files to a stock MicroPython"
    )
    deploy.add_argument("port", metavar="PORT", help=_PORT)
    deploy.add_argument(
        "--board",
        metavar="BOARD",
        default="RPI_PICO",
        help="names the processor; by default RPI_PICO",
    )
    _add_provisioning(to_do)


def _add_provisioning(to_do: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the subcommands that make a device of a board."""
    for name, text in (
        ("provision", "make a new device: identity, keys, certificates, install code"),
        ("try", "provision the board if necessary, join it to an emulated hub, and read it"),
    ):
        words = to_do.add_parser(name, help=text)
        kinds = tuple(kind.lower() for kind in kind_rows.joining())
        words.add_argument("kind", choices=kinds, help="kind of device")
        words.add_argument("port", metavar="PORT", help=_PORT)
        words.add_argument("--eui", metavar="EUI64", help="EUI-64; by default 00DB1234567890A0")
        words.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the test PKI")
        words.add_argument(
            "--install-code",
            metavar="HEX",
            help="16 octets; by default derived from seed and EUI-64",
        )


def run(args: argparse.Namespace) -> int:
    """Exit status 0 on success, 1 when the board refused, 2 wrong usage, 3 no board or port."""
    try:
        return int(_COMMANDS[args.action](args) or 0)
    except UnknownBoard as error:
        raise UsageError(str(error)) from None
    except BuildError as error:
        raise EnvironmentProblem(str(error)) from None
    except LinkError as error:
        raise EnvironmentProblem("%s; next step: gbcs board list" % error) from None
    except BoardError as error:
        print("gbcs board %s: %s" % (args.action, error), file=sys.stderr)
        return 1


def _list(args: argparse.Namespace) -> None:
    for name, hardware in firmware.BOARDS.items():
        print("%-18s %-8s %s" % (name, hardware.port, hardware.description))
    from serial.tools import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
        list_ports,
    )

    ports = list(list_ports.comports())
    for port in ports:
        print("port %s: %s" % (port.device, port.description))
    if not ports:
        print("no serial port: is the board plugged in?", file=sys.stderr)


def _info(args: argparse.Namespace) -> None:
    for name, value in board.about(args.port).items():
        print("%-12s %s" % (name, value))


def _start(args: argparse.Namespace) -> None:
    board.start(args.port)
    print("the device runs; gbcs run triage --device KIND=serial:%s" % args.port)


def _log(args: argparse.Namespace) -> None:
    with board.Repl(args.port) as repl:
        printed = repl.run("from gbcs_device.board.app import *\nstate()\nlog()\ncounters()")
        octets = repl.run(_RECENT) if args.messages else ""
        repl.start()
    print(_LOG_ENTRY.sub(_with_name, printed), end="")
    messages = [("%d" % n, bytes.fromhex(line)) for n, line in enumerate(octets.split(), 1)]
    for source, decoded in verdict.read_all(iter(messages), None):
        tree.print_tree(examine.to_json(decoded, source, None))


def _with_name(entry: "re.Match[str]") -> str:
    """A line of a log with the name of its code: GBCS 16.2."""
    name = codes.name("alert", int(entry["code"], 16))
    return "%s %s" % (entry[0], name) if name else entry[0]


def _repl(args: argparse.Namespace) -> int:
    return subprocess.call([*firmware.mpremote(), "connect", args.port, "repl"])


def _reset(args: argparse.Namespace) -> None:
    with board.Repl(args.port) as repl:
        repl.reset()
    print("reset; the firmware's main.py starts the device, else gbcs board start")


def _erase(args: argparse.Namespace) -> int:
    with board.Repl(args.port) as repl:
        left = repl.run("from gbcs_device.board import app\nprint(app.erase())").strip()
    print("erased: %s" % ("nothing is left" if left == "0" else "%s octets are left" % left))
    return left != "0"


def _build(args: argparse.Namespace) -> None:
    folder = pathlib.Path(args.folder or firmware.ROOT / "build" / args.board)
    folder.parent.mkdir(parents=True, exist_ok=True)
    print(firmware.build(args.board, folder, tuple(args.make)))


def _flash(args: argparse.Namespace) -> int:
    command = firmware.flash_command(args.board, pathlib.Path(args.image), args.port)
    print(" ".join(command), file=sys.stderr)
    return subprocess.call(command)


def _deploy(args: argparse.Namespace) -> None:
    copied = firmware.deploy(args.port, args.board, lambda text: print(text, file=sys.stderr))
    print("%d files were copied, all others are there already; gbcs board try" % copied)


def _eui(args: argparse.Namespace) -> bytes:
    text = args.eui or "00DB1234567890A0"
    return _octets("--eui", text.replace("-", "").replace(":", ""), 8)


def _code(args: argparse.Namespace, eui: bytes) -> bytes:
    """The install code given, or one derived from seed and EUI-64; 16 octets."""
    if args.install_code is not None:
        return _octets("--install-code", args.install_code, 16)
    return hashlib.sha256(b"install code %d " % args.seed + eui).digest()[:16]


def _octets(option: str, text: str, size: int) -> bytes:
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        octets = b""
    if len(octets) != size:  # the text may be most of a key: it is not printed
        form = "%s: %d hexadecimal digits expected, found %d characters"
        raise UsageError(form % (option, 2 * size, len(text)))
    return octets


def _tell(text: str) -> None:
    print("gbcs board: " + text, file=sys.stderr)


def _provision(args: argparse.Namespace) -> None:
    with board.opened("serial:" + args.port, _tell) as link:
        _put(args, link)
    with board.Repl(args.port) as repl:
        kept = repl.run(
            "from gbcs_device.board import device_here as onboard\nprint(onboard.is_kept())"
        ).strip()
        repl.start()
    print("kept in its files" if kept == "True" else "kept until the next reset: it has no files")


def _put(args: argparse.Namespace, link: Link) -> None:
    """Makes a new device of the test PKI on the board at the end of a link."""
    eui, kind = _eui(args), args.kind.upper()
    code = _code(args, eui)
    lab = Lab(args.seed, radio=True)
    lab.make(kind, eui, code)
    RemoteStation(link, eui, kind, lab.han.stations[eui].store)
    print("%s %s" % (kind, eui.hex().upper()))
    print("install code %s" % code.hex().upper())
    print("keys and certificates of the test PKI, seed %d; the clock is the hub's" % args.seed)


def _try(args: argparse.Namespace) -> int:
    begun = time.perf_counter()
    kind = args.kind.upper()
    with board.opened("serial:" + args.port, _tell) as link:
        lab = Lab(args.seed, radio=True)
        identity = identify(link, _tell)
        row = kind_rows.find(kind)
        is_different = (
            identity is None or identity.kind != kind or (args.eui and identity.eui != _eui(args))
        )
        if is_different or row.has_display:  # a display is made anew, since it keeps no data
            _put(args, link)
            identity = identify(link)
        if identity is None:
            raise BoardError("a provisioned device expected, found none: the board stores nothing")
        try:
            lab.adopt(link, _code(args, identity.eui))
        except NotOurs as error:
            raise BoardError("%s; next step: gbcs board erase, or --seed" % error) from None
        lab.random.seed(
            identity.last_counter
        )  # another hub for each try, whose counters are unused
        return _joined(lab, identity.eui, kind, begun)


def _joined(lab: Lab, eui: bytes, kind: str, begun: float) -> int:
    """Joins a device to a hub and reads it; the exit status."""
    hub = _HUBS + lab.random.randbytes(3) + b"\x00"
    lab.make(CHF, hub)
    was_joined = lab.han.meters[eui].is_joined()
    listed = lab.take_over(hub, eui) if was_joined else lab.add_to_hub(hub, eui)
    joined = lab.join(eui, hub)
    how = "its key's hash" if was_joined else "its install code"
    print("a hub lists it by %s: %s" % (how, "yes" if listed.is_success else "no"))
    print("it joins by its %s" % joined.by if joined else "it does not join: %s" % joined.why)
    fine = bool(joined)
    row = kind_rows.find(kind)
    for use_case in _READS[row.fuel] if joined else ():
        exchange = lab.read(use_case, eui)
        title = usecases.by_name(use_case)[0].title
        refusal = "no answer" if exchange.answer is None else "answered, but no success"
        print("%s %s: %s" % (use_case, title, "answered" if exchange.is_success else refusal))
        fine = fine and exchange.is_success
    if row.has_display and joined:
        lab.make(ESME, _METER)  # whose figures the display shows
        lab.add_to_hub(hub, _METER)
        lab.join(_METER, hub)
        lab.introduce(_METER, eui)
        lab.pass_time(_SEARCH_S)
        seen = lab.view(eui)
        print(shots.text(seen, "overview", is_ppmid=row.can_act))
        fine = seen.fuels[0].is_connected
    print("%.0f seconds" % (time.perf_counter() - begun))
    return not fine


_COMMANDS: "dict[str, Callable[[argparse.Namespace], int | None]]" = {
    "list": _list,
    "info": _info,
    "start": _start,
    "log": _log,
    "repl": _repl,
    "reset": _reset,
    "erase": _erase,
    "build": _build,
    "flash": _flash,
    "deploy": _deploy,
    "provision": _provision,
    "try": _try,
}
