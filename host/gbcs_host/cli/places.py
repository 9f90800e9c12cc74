"""Where devices of a lab run: in this process, or at the links of --device and --link."""

import argparse
import contextlib
import sys

from gbcs_host.boards import board
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.han import served_devices
from gbcs_host.links import BadName, Link, LinkError, open_link
from gbcs_host.links.faults import BadFaults, Faults, FaultyLink

KINDS = ", ".join(kind.lower() for kind in served_devices.KINDS)  # as people type them


class Places:
    """Where the devices of a scenario run: the links of --device by kind, then that of --link."""

    def __init__(self, args: argparse.Namespace, open_things: contextlib.ExitStack) -> None:
        self._open_things = open_things
        self._faults = parsed_faults("--link-faults", args.link_faults)
        self._own: dict[str, list[Link]] = {}
        self._devices = self._on_shared = 0  # that were made, and those of them at --link
        self._shared = None if args.link is None else _served(args.link, open_things)
        for text in args.device:
            kind, equals, name = text.partition("=")
            if not equals or kind.upper() not in served_devices.KINDS:
                form = "--device: KIND=LINK with a kind of %s expected, found '%s'"
                raise UsageError(form % (KINDS, text))
            link = open_things.enter_context(started("run", kind, _served(name, open_things)))
            self._own.setdefault(kind.upper(), []).append(link)
        if self._shared is not None:
            _opened("--link", self._shared).close()

    def open_device(self, kind: str) -> "Link | None":
        """The link of the next device of a kind, None for this process."""
        self._devices += 1
        if self._own.get(kind):
            link = self._own[kind].pop(0)
        elif self._shared is not None:
            self._on_shared += 1
            link = self._open_things.enter_context(_opened("--link", self._shared))
        else:
            return None
        if self._faults is None:
            return link
        return FaultyLink(link, self._faults.fork(str(self._devices)))

    def unused(self) -> "list[str]":
        """What the scenario did not use, a text each."""
        texts = [
            "--device %s: the scenario made no %s for it" % (kind.lower(), kind)
            for kind, links in self._own.items()
            for _ in links
        ]
        if self._shared is not None and not self._on_shared:
            texts.append("--link %s: the scenario made no device for it" % self._shared)
        return texts


def _served(name: str, open_things: contextlib.ExitStack) -> str:
    """The name of a link; for `inproc:`, devices are served at it from now on."""
    if not name.startswith("inproc:"):
        return name
    own = name if name != "inproc:" else "inproc:meters-%d" % id(name)
    return open_things.enter_context(served_devices.serving(own)).name


def parsed_faults(option: str, text: "str | None") -> "Faults | None":
    """The faults that an option names, None without it. Raises UsageError."""
    try:
        return Faults.parse(text) if text else None
    except BadFaults as error:
        raise UsageError("%s: %s" % (option, error)) from None


def started(command: str, kind: str, name: str) -> Link:
    """An open link to a device; a board's device is started where it does not run."""
    try:
        return board.opened(
            name, lambda text: print("gbcs %s: %s" % (command, text), file=sys.stderr)
        )
    except BadName as error:
        raise UsageError("--device: %s" % error) from None
    except (LinkError, board.BoardError) as error:
        if name.startswith("serial:"):
            hint = "`gbcs board info` looks at a port"
        else:
            hint = "`gbcs device run %s --link %s` would serve it" % (kind, name)
        raise EnvironmentProblem("%s; %s" % (error, hint)) from None


def _opened(option: str, name: str) -> Link:
    try:
        return open_link(name)
    except BadName as error:
        raise UsageError("%s: %s" % (option, error)) from None
    except LinkError as error:
        raise EnvironmentProblem(
            "%s; `gbcs device run --link %s` would serve it" % (error, name)
        ) from None
