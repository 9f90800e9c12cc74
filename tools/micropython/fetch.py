"""Gets MicroPython for the tests: the unix port, and with --source what a board is built from.

    fetch.py            .cache/micropython/bin/micropython runs scripts
    fetch.py --source   also .cache/micropython/source and .cache/micropython/bin/mpy-cross

Where the environment has MICROPYTHON, or the PATH a `micropython`, of 1.22 or later, that one is
used. Otherwise Debian's package is downloaded with apt, from the archive that this machine's own
apt sources name, and unpacked into .cache: nothing is installed, and no privileges are needed.
What is there already is left alone.
"""

import argparse
import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "micropython"
MICROPYTHON = CACHE / "bin" / "micropython"
MPY_CROSS = CACHE / "bin" / "mpy-cross"
SOURCE = CACHE / "source"

OLDEST = (1, 22)
SUITE = "trixie"  # Debian 13, the first release that has the package
PACKAGES = ("micropython", "libc6", "libffi8", "libmbedtls21", "libmbedcrypto16", "libmbedx509-7")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
INSTEAD = "next step: install MicroPython 1.22 or later, and set MICROPYTHON to its path"

WRAPPER = """#!/bin/sh
# Written by tools/micropython/fetch.py: the unix port with the libraries it was built for
root=$(cd "$(dirname "$(readlink -f "$0")")/../root" && pwd)
for loader in "$root"/usr/lib/*/ld-linux*.so.*; do
    exec "$loader" --library-path "${loader%/*}" "$root/usr/bin/micropython" "$@"
done
"""


class Unavailable(Exception):
    """What is wanted cannot be had here; the text says why, and what to do."""


def say(text: str) -> None:
    """Tells the person what is being done."""
    print("micropython: " + text, file=sys.stderr, flush=True)


def version(command: str) -> "tuple[int, ...] | None":
    """The version of the MicroPython that `command` runs, as (1, 25); None where it does not."""
    script = "import sys; print(sys.implementation.name, *sys.implementation.version)"
    try:
        done = subprocess.run(
            [command, "-c", script], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = done.stdout.split()
    return tuple(map(int, words[1:3])) if words[:1] == ["micropython"] else None


def installed() -> "str | None":
    """The path of a MicroPython that this machine has, new enough; None where there is none."""
    chosen = os.environ.get("MICROPYTHON")
    if chosen:
        found = version(chosen)
        if found is None or found < OLDEST:
            raise Unavailable("MICROPYTHON is %s, which is no MicroPython %d.%d or later"
                              % (chosen, *OLDEST))  # fmt: skip
        return os.path.abspath(shutil.which(chosen) or chosen)
    path = shutil.which("micropython")
    found = version(path) if path else None
    return path if found and found >= OLDEST else None


def _settings(text: str) -> "list[dict[str, str]]":
    """The stanzas of an apt .sources file."""
    stanzas: list[dict[str, str]] = [{}]
    for line in text.splitlines():
        if not line.strip():
            stanzas.append({})
        elif line[0] not in "# \t" and ":" in line:
            name, value = line.split(":", 1)
            stanzas[-1][name.strip().lower()] = value.strip()
    return [stanza for stanza in stanzas if stanza]


def archives() -> "list[tuple[str, str]]":
    """The archives that this machine's apt uses, as (URI, more settings), in order."""
    etc = pathlib.Path("/etc/apt")
    found = []
    for path in sorted((etc / "sources.list.d").glob("*.sources")):
        for stanza in _settings(path.read_text()):
            if stanza.get("enabled", "yes") == "no" or "deb" not in stanza.get("types", ""):
                continue
            keys = ("signed-by", "check-valid-until", "trusted")
            more = "".join("%s: %s\n" % (key, stanza[key]) for key in keys if stanza.get(key))
            found += [(uri, more) for uri in stanza.get("uris", "").split()]
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.list"))]:
        for line in path.read_text().splitlines() if path.exists() else ():
            match = re.match(r"deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s", line)
            if match:
                pairs = [pair.split("=", 1) for pair in (match[1] or "").split() if "=" in pair]
                keys = ("signed-by", "check-valid-until", "trusted")
                more = "".join("%s: %s\n" % (key, value) for key, value in pairs if key in keys)
                found.append((match[2], more))
    unique = dict(reversed(found))  # the first of its name
    return [(uri, unique[uri]) for uri in dict(found) if "security" not in uri]


class Apt:
    """Debian's archive through an apt configuration of our own, in a folder of its own."""

    def __init__(self) -> None:
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise Unavailable("no apt-get on this machine; " + INSTEAD)
        CACHE.mkdir(parents=True, exist_ok=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="apt-", dir=CACHE))
        os.chmod(self.folder, 0o755)
        for name in ("lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{self.folder}/debian.sources";\n'
            'Dir::Etc::sourceparts "/dev/null";\n'
            f'Dir::State::lists "{self.folder}/lists";\n'
            f'Dir::Cache "{self.folder}/cache";\n'
            'Acquire::Languages "none";\n'
            'APT::Sandbox::User "";\n'
        )
        self._connect()

    def close(self) -> None:
        """Removes the package lists, which are large."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self) -> None:
        failures = []
        for uri, more in archives():
            if "signed-by" not in more:
                more += "signed-by: %s\n" % KEYRING
            (self.folder / "debian.sources").write_text(
                "Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: main\n%s"
                % (uri, SUITE, more)
            )
            done = self._run("apt-get", "update", "--error-on=any")
            if done.returncode == 0:
                return
            failures.append((done.stderr.strip().splitlines() or ["no reason given"])[-1])
        self.close()
        reason = failures[-1] if failures else "apt has no sources"
        raise Unavailable("apt found no archive with Debian %s: %s\n%s" % (SUITE, reason, INSTEAD))

    def _run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C"}
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def get(self, *words: str) -> None:
        """Downloads into the folder, with the signatures and digests checked by apt."""
        done = self._run("apt-get", "-q", *words)
        if done.returncode:
            raise Unavailable("apt-get %s: %s\n%s" % (words[0], done.stderr.strip(), INSTEAD))


def _swap(made: pathlib.Path, target: pathlib.Path) -> None:
    """Puts a finished folder in its place, also where another process was quicker."""
    shutil.rmtree(target, ignore_errors=True)
    try:
        made.rename(target)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)


def _write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name("%s.%d" % (path.name, os.getpid()))
    made.write_text(text)
    made.chmod(0o755)
    made.replace(path)


def _fetch_runtime(apt: Apt) -> None:
    say("downloading Debian's micropython and its libraries")
    apt.get("download", *PACKAGES)
    made = apt.folder / "root"
    for package in apt.folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(made)], check=True)
    _swap(made, CACHE / "root")
    _write(MICROPYTHON, WRAPPER)


def _fetch_source(apt: Apt) -> None:
    say("downloading the source of MicroPython")
    apt.get("source", "--download-only", "micropython")
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        archive = next(apt.folder.glob("micropython_*.orig.tar.*"))
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        (unpacked,) = pathlib.Path(folder).iterdir()
        _swap(unpacked, SOURCE)


def build_environment() -> "dict[str, str]":
    """The environment for MicroPython's makefiles: its version, which else git would be asked."""
    text = (SOURCE / "py" / "mpconfig.h").read_text()
    names = ("MAJOR", "MINOR", "MICRO")
    numbers = [re.search(r"define MICROPY_VERSION_%s (\d+)" % name, text)[1] for name in names]  # type: ignore[index]
    tag = "v" + ".".join(numbers)
    environment = {**os.environ, "MICROPY_GIT_TAG": tag, "MICROPY_GIT_HASH": "debian"}
    return {**environment, "SOURCE_DATE_EPOCH": "1735689600"}  # the same source, the same firmware


def _build_mpy_cross() -> None:
    for tool in ("make", "gcc"):
        if not shutil.which(tool):
            raise Unavailable("no %s on this machine; next step: install it" % tool)
    say("building mpy-cross")
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        done = subprocess.run(
            ["make", "-s", "-C", str(SOURCE / "mpy-cross"), "-j2", "BUILD=" + folder],
            env=build_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Unavailable("mpy-cross does not build: " + done.stderr[-2000:])
        MPY_CROSS.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pathlib.Path(folder) / "mpy-cross", str(MPY_CROSS) + ".new")
        os.replace(str(MPY_CROSS) + ".new", MPY_CROSS)


@contextlib.contextmanager
def alone(what: str) -> "Iterator[None]":
    """One process and thread at a time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE.parent / (what + ".lock"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def runtime() -> pathlib.Path:
    """The path of a MicroPython, fetched where it is not there; Unavailable, with the reason."""
    path = installed()
    with alone("fetch"):
        if path:
            _write(MICROPYTHON, '#!/bin/sh\nexec "%s" "$@"\n' % path)
        elif not (MICROPYTHON.exists() and version(str(MICROPYTHON))):
            fetch(source=False)
    if version(str(MICROPYTHON)) is None:
        raise Unavailable("what was fetched does not run on this machine; " + INSTEAD)
    return MICROPYTHON


def source() -> pathlib.Path:
    """The folder of MicroPython's source, and mpy-cross built from it; or Unavailable."""
    with alone("fetch"):
        if not (SOURCE / "py" / "mpconfig.h").exists():
            fetch(source=True)
        if not MPY_CROSS.exists():
            _build_mpy_cross()
    return SOURCE


def fetch(source: bool) -> None:
    """Downloads what is missing: the runtime, and where asked the source."""
    apt = Apt()
    try:
        if not installed() and not MICROPYTHON.exists():
            _fetch_runtime(apt)
        if source:
            _fetch_source(apt)
    finally:
        apt.close()


def main() -> int:
    """What a person calls."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", action="store_true", help="the source and mpy-cross as well")
    arguments = parser.parse_args()
    try:
        if arguments.source:
            say("source: %s" % source())
        path = runtime()
    except Unavailable as error:
        say(str(error))
        return 1
    say("%s, version %s" % (path, ".".join(map(str, version(str(path)) or ()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
