"""Where messages come from."""

import base64
import io
import sys

import pytest

from gbcs_host.decode import sources

OCTETS = bytes.fromhex(
    "DF090100000000000003E80890B3D51F300100000800DB1234567890A0000200"
    "2014D9200003E800010300700000130A01FF03010F00"
)


def read(what):
    return [octets for _, octets in sources.messages(str(what))]


@pytest.mark.parametrize(
    "text",
    [
        OCTETS.hex(),
        OCTETS.hex().upper(),
        "0x" + OCTETS.hex(),
        OCTETS.hex(" "),
        OCTETS.hex(":"),
        base64.b64encode(OCTETS).decode(),
    ],
    ids=["hex", "upper", "0x", "spaced", "colons", "base64"],
)
def test_text_on_the_command_line_is_read(text):
    assert read(text) == [OCTETS]


def test_a_binary_file_is_one_message(tmp_path):
    path = tmp_path / "message.bin"
    path.write_bytes(OCTETS)
    assert read(path) == [OCTETS]


def test_a_text_file_holds_one_message_a_line(tmp_path):
    path = tmp_path / "messages.HEX"
    path.write_text("# two of them\n%s\n\n%s\n" % (OCTETS.hex(), OCTETS.hex()))
    assert [(name, octets) for name, octets in sources.messages(str(path))] == [
        ("%s:1" % path, OCTETS),
        ("%s:2" % path, OCTETS),
    ]


def test_one_message_may_be_folded_over_lines(tmp_path):
    path = tmp_path / "message.HEX"
    path.write_text("%s\n%s\n" % (OCTETS.hex()[:64], OCTETS.hex()[64:]))
    assert read(path) == [OCTETS]


def test_a_folder_is_read_in_order_with_what_is_below_and_without_keys(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.HEX").write_text(OCTETS.hex())
    (tmp_path / "a.HEX").write_text(OCTETS.hex())
    (tmp_path / "secret.key").write_text("no message")
    names = [name for name, _ in sources.messages(str(tmp_path))]
    assert names == [str(tmp_path / "a.HEX"), str(tmp_path / "b" / "one.HEX")]
    assert sources.count(str(tmp_path)) == 2


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(OCTETS.hex().encode())))
    assert read("-") == [OCTETS]


def test_what_is_nothing_is_refused_with_a_reason():
    with pytest.raises(sources.SourceError, match="no file or folder, nor hex or base64"):
        read("no such file?")
    with pytest.raises(sources.MissingFile, match="no such file or folder"):
        read("no/such.file")


def test_a_line_that_is_no_hex_is_handed_on_to_be_reported(tmp_path):
    path = tmp_path / "mixed.HEX"
    path.write_text("%s\nthis is no message!\n" % OCTETS.hex())
    assert read(path) == [OCTETS, b"this is no message!"]
