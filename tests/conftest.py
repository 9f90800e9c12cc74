"""What tests share: the reference messages, found by path, and the keys that go with them.

`reference` stands for each reference message in turn; `key_store` for the keys. Where they are
missing a test is skipped, and says how to get them.
"""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", ROOT / ".." / "shared"))
MISSING = "no reference messages: set GBCS_SHARED to the folder that holds rtds/messages"


class Reference:
    """One reference message: its file's name, and its octets."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.name = path.name.removesuffix("_GBCS.HEX")
        self.octets = bytes.fromhex(path.read_text().strip())

    @property
    def kind(self) -> str:
        """precommand, command, response or alert, as the file's name has it."""
        words = self.path.stem.split("_")
        kinds = ("PRECOMMAND", "COMMAND", "RESPONSE", "ALERT")
        return next(word for word in reversed(words) if word in kinds).lower()


def reference_paths() -> "list[pathlib.Path]":
    """The files of the reference messages, in order; none where the set is not at hand."""
    return sorted((SHARED / "rtds" / "messages").glob("*/*.HEX"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--device",
        action="append",
        default=[],
        metavar="KIND=LINK",
        help="esme=LINK or gsme=LINK: tests/system/test_any_device.py takes that device",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "reference" in metafunc.fixturenames:
        paths = reference_paths() or [None]
        ids = ["missing" if path is None else path.stem.removesuffix("_GBCS") for path in paths]
        metafunc.parametrize("reference", paths, ids=ids, indirect=True)


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Reference:
    """One reference message."""
    if request.param is None:
        pytest.skip(MISSING)
    return Reference(request.param)


@pytest.fixture(scope="session")
def references() -> "list[Reference]":
    """All reference messages at once."""
    paths = reference_paths()
    if not paths:
        pytest.skip(MISSING)
    return [Reference(path) for path in paths]


@pytest.fixture(scope="session")
def key_store():
    """The keys that verify the reference messages."""
    from gbcs_host.decode.keystore import KeyStore

    folder = SHARED / "rtds" / "keystore"
    if not folder.is_dir():
        pytest.skip(MISSING)
    return KeyStore.load(str(folder))


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """The folder of facts and reference messages."""
    if not SHARED.is_dir():
        pytest.skip(MISSING)
    return SHARED
