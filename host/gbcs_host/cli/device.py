"""`gbcs device`: emulated devices in a process of their own, and what displays show."""

import argparse
import contextlib
import json
import pathlib
import sys
import threading

from gbcs_device.base import kind_rows
from gbcs_device.base.view import View
from gbcs_device.display import navigation
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.display import shots, terminal, viewjson
from gbcs_host.han import served_devices
from gbcs_host.han.serving import told_to_end
from gbcs_host.links import BadName, LinkError, Listener, listen

HELP = (
    "Emulate devices in this process, for a laboratory that reaches them by a link; draw displays."
)

_KINDS = {kind.lower(): kind_rows.find(kind) for kind in kind_rows.joining()}
_METERS = tuple(name for name, kind in _KINDS.items() if not kind.has_display)
_DISPLAYS = {
    name: navigation.PPMID if kind.can_act else navigation.IHD
    for name, kind in sorted(_KINDS.items())
    if kind.has_display
}
_NOBODY = "Nobody takes this: the view is not of a household that runs."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs device` to a parser."""
    parser.add_argument(
        "action",
        choices=("run", "show"),
        help="run: serve devices, or a display with its keys, until interrupted; "
        "show: draw pages of a display",
    )
    parser.add_argument(
        "kind",
        nargs="?",
        choices=(*_METERS, *_DISPLAYS),
        help="kind of device; by default all kinds",
    )
    parser.add_argument(
        "--link",
        metavar="LINK",
        help="where a laboratory reaches it: tcp:HOST:PORT, udp:HOST:PORT, serial:PORT",
    )
    display = parser.add_argument_group("displays")
    display.add_argument("--page", metavar="NAME", default="overview", help="one page, or all")
    display.add_argument(
        "--fuel", choices=viewjson.FUELS, default="electricity", help="whose pages"
    )
    display.add_argument(
        "--view",
        metavar="FILE",
        help="a file with the view as JSON, as --json prints it; by default a simulated home's",
    )
    display.add_argument(
        "--seed", type=int, default=1, metavar="N", help="seed of the simulated home"
    )
    display.add_argument(
        "--speed", type=float, default=1, metavar="N", help="how fast the home's time passes"
    )
    display.add_argument("--png", metavar="FILE", help="write a picture, of all pages as a sheet")
    display.add_argument(
        "--style", choices=terminal.STYLES, default="", help="how the terminal draws"
    )
    display.add_argument("--json", action="store_true", help="print the view and what pages say")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when told to end, by SIGINT or SIGTERM; 3 where the link cannot be served.

    Each peer that opens the link gets a device of its own.
    """
    if args.kind in _DISPLAYS:
        return _show(args) if args.action == "show" else _live(args)
    if args.action == "show":
        names = " or ".join(_DISPLAYS)
        raise UsageError("show draws a display: gbcs device show %s" % names)
    if not args.link:
        raise UsageError("meters are served at a link: --link tcp:127.0.0.1:7000")
    _serve(args, (args.kind.upper(),) if args.kind else served_devices.KINDS)
    return 0


def _serve(args: argparse.Namespace, kinds: "tuple[str, ...]") -> None:
    """Serves until a signal; raises EnvironmentProblem where the link ends before."""
    with told_to_end() as told, _listener(args) as listener:
        try:
            served_devices.serve(listener, kinds, is_over=told.is_set, tell=_tell)
        except LinkError as error:
            raise EnvironmentProblem(str(error)) from None
        except KeyboardInterrupt:  # a second signal
            return
        if not told.is_set():
            raise EnvironmentProblem("'%s' cannot be served any more" % listener.name)
    _tell("ended, as told")


def _tell(text: str) -> None:
    """Prints a line to standard error; a closed standard error does not end the command."""
    with contextlib.suppress(OSError, ValueError):
        print("gbcs device: " + text, file=sys.stderr, flush=True)


def _listener(args: argparse.Namespace) -> Listener:
    try:
        listener = listen(args.link)
    except BadName as error:
        raise UsageError("--link: %s" % error) from None
    except LinkError as error:
        raise EnvironmentProblem(str(error)) from None
    with contextlib.suppress(OSError, ValueError):
        print("devices are served at %s" % listener.name, file=sys.stderr, flush=True)
    return listener


def _view(args: argparse.Namespace) -> View:
    """The view of --view, or of a simulated home."""
    if args.view is None:
        from gbcs_host.lab import home  # which imports the lab: serving devices needs none

        return home.Home(args.kind.upper(), args.seed, 1).view()
    try:
        text = sys.stdin.read() if args.view == "-" else pathlib.Path(args.view).read_text()
        return viewjson.from_json(json.loads(text))
    except OSError as error:
        raise EnvironmentProblem("--view: %s" % error) from None
    except (ValueError, RecursionError, viewjson.BadView) as error:
        raise UsageError("--view %s: %s" % (args.view, error)) from None


def _names(args: argparse.Namespace) -> "tuple[str, ...]":
    """The names of the pages of --page. Raises UsageError."""
    names = _DISPLAYS[args.kind]
    if args.page == "all":
        return names
    if args.page not in names:
        raise UsageError(
            "--page: one of %s or all expected, found '%s'" % (", ".join(names), args.page)
        )
    return (args.page,)


def _show(args: argparse.Namespace) -> int:
    """Draws pages once: as JSON, as PNG or in the terminal."""
    seen, names = _view(args), _names(args)
    fuel, is_ppmid = viewjson.FUELS.index(args.fuel), _KINDS[args.kind].can_act
    if args.json:
        pages = [
            {"page": name, "fuel": args.fuel, "text": shots.text(seen, name, fuel, is_ppmid)}
            for name in names
        ]
        print(json.dumps({"view": viewjson.to_json(seen), "pages": pages}))
    if args.png:
        octets = shots.sheet(seen, fuel, is_ppmid, pages=names)
        try:
            pathlib.Path(args.png).write_bytes(octets)
        except OSError as error:
            raise EnvironmentProblem("--png: %s" % error) from None
        print("%s: %d octets" % (args.png, len(octets)), file=sys.stderr)
    elif not args.json:
        for name in names:
            terminal.still(seen, shots.at(name, fuel, is_ppmid), style=args.style)
    return 0


def _live(args: argparse.Namespace) -> int:
    """Shows a display with its keys: served at a link, of a fixed view, or of a simulated home."""
    page = _names(args)[0]
    pages = shots.at(page, viewjson.FUELS.index(args.fuel), _KINDS[args.kind].can_act)
    if args.link:
        return _served(args, pages)
    if args.view is not None:
        seen = _view(args)

        def sink(intent: "tuple[str | int, ...]") -> None:
            seen.notice = "%s: %s" % (intent[0], _NOBODY)

        terminal.run(lambda: seen, pages, sink, style=args.style)
        return 0
    if args.speed <= 0:
        raise UsageError("--speed: a number above 0 expected, found %g" % args.speed)
    from gbcs_host.lab import home

    lived_in = home.Home(args.kind.upper(), args.seed, args.speed)
    for fuel, digits, pounds in lived_in.tokens:
        print("a token for %s: %s (%d pounds)" % (fuel, digits, pounds), file=sys.stderr)
    terminal.run(lived_in.view, pages, lived_in.want, style=args.style)
    return 0


def _served(args: argparse.Namespace, pages: navigation.Pages) -> int:
    """Shows a display that a lab drives by a link; without a terminal, only serves it."""
    kinds = (args.kind.upper(),)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _serve(args, kinds)
        return 0
    listener = _listener(args)
    person = served_devices.Person()
    over = threading.Event()
    thread = threading.Thread(
        target=served_devices.serve, args=(listener, kinds, person, over.is_set), daemon=True
    )
    thread.start()
    with contextlib.suppress(KeyboardInterrupt):
        terminal.run(person.view, pages, person.want, style=args.style)
    has_ended = not thread.is_alive()
    over.set()
    thread.join()
    listener.close()
    if has_ended:
        raise EnvironmentProblem("'%s' could not be served any more" % listener.name)
    return 0
