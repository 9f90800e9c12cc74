"""`gbcs board`: firmware for boards, and what to do with a board on a serial port."""

import argparse
import hashlib
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable

from gbcs import usecases
from gbcs_device.base import kind_rows
from gbcs_host.boards import board, firmware
from gbcs_host.boards.board import BoardError
from gbcs_host.boards.firmware import BuildError
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.decode import examine, tree, verdict
from gbcs_host.display import shots
from gbcs_host.han.remote import RemoteStation, identify
from gbcs_host.lab.lab import CHF, ESME, Lab, NotOurs
from gbcs_host.links import Link, LinkError

_HUBS = bytes.fromhex("00DB1234")
_FOUND_S = 400  # until a display has found a new meter
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
    """The arguments of `gbcs board`."""
    to_do = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    to_do.add_parser("list", help="the boards there is firmware for, and the serial ports here")
    for name, text in (
        ("info", "what is on the port: board, versions, identity, free heap and files"),
        ("start", "start the device on the port; gbcs run --device does it where it must"),
        ("repl", "MicroPython's prompt, by mpremote (Ctrl-] ends it)"),
        ("reset", "begin anew, as after a power cut"),
        ("erase", "take identity, keys and everything else off the board, and look whether"),
    ):
        plain = to_do.add_parser(name, help=text)
        plain.add_argument("port", metavar="PORT", help=_PORT)
    log = to_do.add_parser("log", help="state, logs and counters of the device")
    log.add_argument("port", metavar="PORT", help=_PORT)
    log.add_argument("--messages", action="store_true", help="its last messages, decoded")
    build = to_do.add_parser(
        "build", help="build firmware; MICROPY_DIR names MicroPython's source"
    )
    build.add_argument("board", metavar="BOARD", help="a name of gbcs board list")
    build.add_argument("--folder", metavar="DIR", help="where to build; build/BOARD unless told")
    build.add_argument(
        "--make", metavar="VAR=VALUE", action="append", default=[], help="one more word for make"
    )
    flash = to_do.add_parser("flash", help="put an image on a board")
    flash.add_argument("board", metavar="BOARD", help="a name of gbcs board list")
    flash.add_argument("image", metavar="IMAGE", help="what gbcs board build printed")
    flash.add_argument("--port", default="", metavar="PORT", help="for esptool")
    deploy = to_do.add_parser("deploy", help="our modules as .mpy on a stock MicroPython")
    deploy.add_argument("port", metavar="PORT", help=_PORT)
    deploy.add_argument("--board", metavar="BOARD", default="RPI_PICO", help="which processor")
    for name, text in (
        ("provision", "identity, keys, certificates, install code: a new device"),
        ("try", "provision it where it is not, join it to a hub here, and read it"),
    ):
        words = to_do.add_parser(name, help=text)
        kinds = tuple(kind.lower() for kind in kind_rows.joining())
        words.add_argument("kind", choices=kinds, help="of device")
        words.add_argument("port", metavar="PORT", help=_PORT)
        words.add_argument("--eui", metavar="EUI64", help="00DB1234567890A0 unless told")
        words.add_argument("--seed", type=int, default=1, metavar="N", help="of the test PKI")
        words.add_argument("--install-code", metavar="HEX", help="16 octets; else of seed and EUI")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when done, 1 when the board said no, 2 wrong usage, 3 nothing there."""
    try:
        return int(_COMMANDS[args.what](args) or 0)
    except BuildError as error:
        raise EnvironmentProblem(str(error)) from None
    except LinkError as error:
        raise EnvironmentProblem("%s; next step: gbcs board list" % error) from None
    except BoardError as error:
        print("gbcs board %s: %s" % (args.what, error), file=sys.stderr)
        return 1


def _list(args: argparse.Namespace) -> None:
    for name, one in firmware.BOARDS.items():
        print("%-18s %-8s %s" % (name, one.port, one.what))
    from serial.tools import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
        list_ports,
    )

    for port in list_ports.comports():
        print("port %s: %s" % (port.device, port.description))


def _info(args: argparse.Namespace) -> None:
    for name, value in board.about(args.port).items():
        print("%-12s %s" % (name, value))


def _start(args: argparse.Namespace) -> None:
    board.start(args.port)
    print("the device runs; gbcs run triage --device KIND=serial:%s" % args.port)


def _log(args: argparse.Namespace) -> None:
    with board.Repl(args.port) as repl:
        said = repl.run("from gbcs_device.board.app import *\nstate()\nlog()\ncounters()")
        octets = repl.run(_RECENT) if args.messages else ""
        repl.start()
    print(said, end="")
    found = [("%d" % n, bytes.fromhex(line)) for n, line in enumerate(octets.split(), 1)]
    for source, one in verdict.read_all(iter(found), None):
        tree.print_tree(examine.to_json(one, source, None))


def _repl(args: argparse.Namespace) -> int:
    return subprocess.call([sys.executable, "-m", "mpremote", "connect", args.port, "repl"])


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
    done = firmware.deploy(args.port, args.board, lambda text: print(text, file=sys.stderr))
    print("%d files were copied, all others are there already; gbcs board try" % done)


def _eui(args: argparse.Namespace) -> bytes:
    text = args.eui or "00DB1234567890A0"
    return _octets("--eui", text.replace("-", "").replace(":", ""), 8)


def _code(args: argparse.Namespace, eui: bytes) -> bytes:
    """The install code: of seed and EUI-64, so that it need not be noted down."""
    if args.install_code is not None:
        return _octets("--install-code", args.install_code, 16)
    return hashlib.sha256(b"install code %d " % args.seed + eui).digest()[:16]


def _octets(option: str, text: str, size: int) -> bytes:
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        octets = b""
    if len(octets) != size:  # what was found may be most of a key: it is not said
        what = "%s: %d hexadecimal digits expected, found %d characters"
        raise UsageError(what % (option, 2 * size, len(text)))
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
    """A new device on a board."""
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
        found = identify(link, _tell)
        # made anew each time: it has nothing to lose
        is_display = kind_rows.find(kind).has_display
        other = found is None or found.kind != kind or (args.eui and found.eui != _eui(args))
        if other or is_display:
            _put(args, link)
            found = identify(link)
        if found is None:
            raise BoardError("the board does not keep what it is given")
        try:
            lab.adopt(link, _code(args, found.eui))
        except NotOurs as error:
            raise BoardError("%s; next step: gbcs board erase, or --seed" % error) from None
        lab.random.seed(found.last_counter)  # a hub of its own, or its counters were used
        return _joined(lab, found.eui, kind, begun)


def _joined(lab: Lab, eui: bytes, kind: str, begun: float) -> int:
    """Joins a meter to a hub, and reads it."""
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
        done = lab.read(use_case, eui)
        title = usecases.by_name(use_case)[0].title
        said = "no answer" if done.answer is None else "answered, but no success"
        print("%s %s: %s" % (use_case, title, "answered" if done.is_success else said))
        fine = fine and done.is_success
    if row.has_display and joined:
        lab.make(ESME, _METER)  # so that there is something to show
        lab.add_to_hub(hub, _METER)
        lab.join(_METER, hub)
        lab.introduce(_METER, eui)
        lab.pass_time(_FOUND_S)
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
