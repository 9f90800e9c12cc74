"""Files of keys: for their owner alone, whole or not there, never over another."""

import os
import pathlib
import stat

import pytest

from gbcs_host import cli, keyfiles
from gbcs_host.capture import Capture
from gbcs_host.decode.keystore import KeyStore
from gbcs_host.lab.inventory import Inventory
from gbcs_host.lab.pki import Pki

SUPPLIER, METER = bytes.fromhex("90B3D51F30010000"), bytes.fromhex("00DB1234567890A0")
SCENARIO = """
TITLE = "Short"

def play(p):
    with p.step("nothing") as step:
        step.check(True, "nothing")
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "short.py"
    path.write_text(SCENARIO)
    return str(path)


def issued(seed=1):
    pki = Pki(seed)
    pki.organisation(SUPPLIER, 2, "ds")
    pki.device(METER, "ka")
    return pki


def test_private_keys_are_their_owners_and_certificates_everybodys(tmp_path, umask):
    folder = tmp_path / "a" / "keys"
    if mode(tmp_path) & 0o200:
        (tmp_path / "a").mkdir(0o700)
        os.chmod(tmp_path / "a", 0o700)
    issued().write(str(folder))
    assert mode(folder) == 0o700
    names = sorted(os.listdir(folder))
    assert len(names) == 4
    for name in names:
        assert mode(folder / name) == (0o600 if name.endswith(".key") else 0o644), name
    assert len(KeyStore.load(str(folder)).euis()) == 2


def test_the_same_keys_may_be_written_again_and_get_their_modes_back(tmp_path):
    folder = tmp_path / "keys"
    issued().write(str(folder))
    key = next(folder.glob("*.key"))
    before = key.read_bytes(), key.stat().st_ino
    key.chmod(0o644)
    issued().write(str(folder))
    assert (key.read_bytes(), key.stat().st_ino) == before
    assert mode(key) == 0o600


def test_other_keys_are_not_written_over_unless_asked_for(tmp_path):
    folder = tmp_path / "keys"
    issued(1).write(str(folder))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(keyfiles.WouldOverwrite) as caught:
        issued(2).write(str(folder))
    assert caught.value.path.startswith(str(folder))
    assert caught.value.path in str(caught.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    issued(2).write(str(folder), overwrite=True)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(after) == set(before)
    assert all(after[name] != before[name] for name in after)
    assert all(mode(path) == 0o600 for path in folder.glob("*.key"))


def test_one_file_that_is_another_keeps_all_from_being_written(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir()
    stray = folder / "00db1234567890a0-ka.key"
    stray.write_text("mine")
    with pytest.raises(keyfiles.WouldOverwrite, match=r"00db1234567890a0-ka\.key"):
        issued().write(str(folder))
    assert [path.name for path in folder.iterdir()] == [stray.name]
    assert stray.read_text() == "mine"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_link_is_not_followed(tmp_path, overwrite):
    target = tmp_path / "target"
    target.write_text("precious")
    for path, to in ((tmp_path / "one", target), (tmp_path / "two", tmp_path / "nowhere")):
        path.symlink_to(to)
        if overwrite:
            keyfiles.write(str(path), b"key", overwrite=True)
            assert not path.is_symlink()
            assert path.read_bytes() == b"key"
        else:
            with pytest.raises(keyfiles.WouldOverwrite):
                keyfiles.write(str(path), b"key")
            assert path.is_symlink()
    assert target.read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_a_link_to_the_same_octets_is_another_file_all_the_same(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"key")
    target.chmod(0o644)
    link.symlink_to(target)
    with pytest.raises(keyfiles.WouldOverwrite):
        keyfiles.write(str(link), b"key")
    assert mode(target) == 0o644


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keyfiles.write(str(tmp_path / "x.key"), b"key")
    assert list(tmp_path.iterdir()) == []


def test_what_comes_there_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "x.key"
    monkeypatch.setattr(keyfiles, "check", lambda *_: path.write_text("theirs"))
    with pytest.raises(keyfiles.WouldOverwrite):
        keyfiles.write(str(path), b"key")
    assert path.read_text() == "theirs"
    assert len(list(tmp_path.iterdir())) == 1


def test_keys_of_a_capture_are_their_owners_and_not_written_over(tmp_path, umask):
    path = str(tmp_path / "x.pcapng")
    with Capture.create(path) as capture:
        capture.reveal("network key", METER, bytes(16))
    assert mode(path + ".keys") == 0o600
    keys, frames = pathlib.Path(path + ".keys"), pathlib.Path(path)
    before = keys.read_bytes(), frames.read_bytes()
    with pytest.raises(keyfiles.WouldOverwrite):
        Capture.create(path)
    assert (keys.read_bytes(), frames.read_bytes()) == before
    Capture.create(path, overwrite=True).__exit__(None, None, None)
    assert keys.read_bytes() == b""
    assert mode(path + ".keys") == 0o600


def test_a_capture_that_did_not_begin_leaves_no_keys(tmp_path):
    path = tmp_path / "x.pcapng"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        Capture.create(str(path))
    assert not (tmp_path / "x.pcapng.keys").exists()
    with pytest.raises(RuntimeError), Capture.create(str(tmp_path / "y.pcapng")):
        raise RuntimeError
    assert not (tmp_path / "y.pcapng.keys").exists()


def test_a_run_twice_with_the_same_keys_is_fine_and_with_others_is_refused(
    tmp_path, scenario, capsys
):
    keys = str(tmp_path / "lab-keys")
    words = ["run", scenario, "--direct", "--keystore", keys]
    assert cli.main(words) == 0
    before = {name: (tmp_path / "lab-keys" / name).read_bytes() for name in os.listdir(keys)}
    assert before
    assert cli.main(words) == 0
    capsys.readouterr()
    assert cli.main([*words, "--seed", "2"]) == 2
    err = capsys.readouterr().err
    assert "--overwrite replaces it" in err
    assert keys in err
    after = {name: (tmp_path / "lab-keys" / name).read_bytes() for name in os.listdir(keys)}
    assert after == before
    assert cli.main([*words, "--seed", "2", "--overwrite"]) == 0
    assert mode(keys) == 0o700
    assert {mode(path) for path in (tmp_path / "lab-keys").glob("*.key")} == {0o600}


def test_a_run_is_not_captured_over_other_keys_unless_asked_for(tmp_path, scenario, capsys):
    path = tmp_path / "x.pcapng"
    (tmp_path / "x.pcapng.keys").write_text("mine")
    assert cli.main(["run", scenario, "--capture", str(path)]) == 2
    err = capsys.readouterr().err
    assert "x.pcapng.keys" in err
    assert "--overwrite" in err
    assert (tmp_path / "x.pcapng.keys").read_text() == "mine"
    assert not path.exists()
    assert cli.main(["run", scenario, "--capture", str(path), "--overwrite"]) == 0
    assert (tmp_path / "x.pcapng.keys").read_text() != "mine"


def test_a_folder_that_others_may_look_into_is_said(tmp_path, scenario, capsys):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    assert cli.main(["run", scenario, "--direct", "--keystore", str(folder)]) == 0
    assert "others may look into" in capsys.readouterr().err
    assert mode(folder) == 0o755


def test_an_inventory_that_is_kept_is_its_owners(tmp_path, umask):
    path = tmp_path / "inventory.db"
    for _ in range(2):
        Inventory("sqlite:///%s" % path).close()
        assert mode(path) == 0o600
