"""`gbcs board`: firmware for boards, and what to do with a board on a serial port."""

import argparse
import pathlib
import subprocess
import sys

from gbcs_host import boards, firmware
from gbcs_host.boards import BoardError
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.firmware import BuildError
from gbcs_host.lab import ESME, GSME, Lab
from gbcs_host.links import LinkError, open_link
from gbcs_host.remote import RemoteStation

HELP = "Build, flash and deploy firmware; provision, inspect and reset a board on a serial port."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gbcs board`."""
    to_do = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    to_do.add_parser("list", help="the boards there is firmware for, and the serial ports here")
    for name, text in (
        ("info", "what is on the port: board, versions, identity, free heap and files"),
        ("start", "start the device on the port; what gbcs run --device needs"),
        ("log", "state and security log of the device"),
        ("repl", "MicroPython's prompt, by mpremote (Ctrl-] ends it)"),
        ("reset", "begin anew, as after a power cut"),
        ("erase", "take identity, keys and everything else off the board, and look whether"),
    ):
        to_do.add_parser(name, help=text).add_argument("port", metavar="PORT")
    build = to_do.add_parser(
        "build", help="build firmware; MICROPY_DIR names MicroPython's source"
    )
    build.add_argument("board", metavar="BOARD")
    build.add_argument("--folder", metavar="DIR", help="where to build; build/BOARD unless told")
    build.add_argument("more", nargs="*", metavar="VAR=VALUE", help="more for make")
    flash = to_do.add_parser("flash", help="put an image on a board")
    flash.add_argument("board", metavar="BOARD")
    flash.add_argument("image", metavar="IMAGE")
    flash.add_argument("--port", default="", metavar="PORT", help="for esptool")
    deploy = to_do.add_parser("deploy", help="our modules as .mpy on a stock MicroPython")
    deploy.add_argument("port", metavar="PORT")
    deploy.add_argument("--board", metavar="BOARD", default="RPI_PICO", help="which processor")
    provision = to_do.add_parser("provision", help="identity, keys, install code: a new device")
    provision.add_argument("kind", choices=("esme", "gsme"))
    provision.add_argument("port", metavar="PORT")
    provision.add_argument("--eui", default="00DB1234567890A0", metavar="EUI64")
    provision.add_argument("--seed", type=int, default=1, metavar="N", help="of the test PKI")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when done, 1 when the board said no, 2 wrong usage, 3 nothing there."""
    try:
        return int(globals()["_" + args.what](args) or 0)
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
    for name, value in boards.about(args.port).items():
        print("%-12s %s" % (name, value))


def _start(args: argparse.Namespace) -> None:
    boards.start(args.port)
    print("the device runs; gbcs run triage --device KIND=serial:%s" % args.port)


def _log(args: argparse.Namespace) -> None:
    with boards.Repl(args.port) as repl:
        print(repl.run("from gbcs_device import app\napp.state()\napp.log()"), end="")
        repl.start()


def _repl(args: argparse.Namespace) -> int:
    return subprocess.call([sys.executable, "-m", "mpremote", "connect", args.port, "repl"])


def _reset(args: argparse.Namespace) -> None:
    with boards.Repl(args.port) as repl:
        repl.reset()
    print("reset; the firmware's main.py starts the device, else gbcs board start")


def _erase(args: argparse.Namespace) -> int:
    with boards.Repl(args.port) as repl:
        left = repl.run("from gbcs_device import app\nprint(app.erase())").strip()
    print("erased: %s" % ("nothing is left" if left == "0" else "%s octets are left" % left))
    return left != "0"


def _build(args: argparse.Namespace) -> None:
    folder = pathlib.Path(args.folder or firmware.ROOT / "build" / args.board)
    folder.parent.mkdir(parents=True, exist_ok=True)
    print(firmware.build(args.board, folder, tuple(args.more)))


def _flash(args: argparse.Namespace) -> int:
    command = firmware.flash_command(args.board, pathlib.Path(args.image), args.port)
    print(" ".join(command), file=sys.stderr)
    return subprocess.call(command)


def _deploy(args: argparse.Namespace) -> None:
    one = firmware.board(args.board)

    def watch(number: int, of: int, name: str) -> None:
        print("%d of %d: %s" % (number, of, name), file=sys.stderr)

    count = firmware.deploy(args.port, one.processor, one.has_viper, watch)
    print("%d files were copied, all others are there already" % count)


def _provision(args: argparse.Namespace) -> None:
    try:
        eui = bytes.fromhex(args.eui.replace("-", "").replace(":", ""))
    except ValueError:
        eui = b""
    if len(eui) != 8:
        raise UsageError("--eui: 16 hexadecimal digits expected, found '%s'" % args.eui)
    kind = {"esme": ESME, "gsme": GSME}[args.kind]
    boards.start(args.port)
    lab = Lab(args.seed, radio=True)
    lab.make(kind, eui)
    with open_link("serial:" + args.port) as link:
        RemoteStation(link, eui, kind, lab.han.stations[eui].store)
    print("%s %s" % (kind, eui.hex().upper()))
    print("install code %s" % lab.codes[eui].hex().upper())
    print("keys and certificates of the test PKI, seed %d" % args.seed)
