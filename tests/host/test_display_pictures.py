"""Displays on a PC: pages as they were reviewed, pictures, terminals, views as JSON."""

import io
import json
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import threading
import time
import zlib

import pytest

from gbcs_device.display.navigation import Pages
from gbcs_device.view import View
from gbcs_host.cli import main
from gbcs_host.display import png, sample, shots, terminal, viewjson
from tools import gen_pictures

ROOT = pathlib.Path(__file__).parents[2]
REVIEWED = ROOT / "tests" / "firmware" / "display_pages.txt"


def reviewed():
    """The pages of the file: their names, and rows of 0 and 1."""
    found = {}
    for block in REVIEWED.read_text().split("= ")[1:]:
        name, *lines = block.split("\n")[:33]
        rows = []
        for line in lines:
            line = line.ljust(128)
            rows.append([int(character in "▀█") for character in line])
            rows.append([int(character in "▄█") for character in line])
        found[name] = rows
    return found


def points(buffer):
    """Rows of 0 and 1 of a frame's buffer."""
    return [[buffer[y // 8 * 128 + x] >> y % 8 & 1 for x in range(128)] for y in range(64)]


NAMES = [
    (kind, name, fuel, "%s %s %s" % (kind, name, ("electricity", "gas")[fuel]))
    for kind, rows in gen_pictures.SHEETS.items()
    for name, fuel in rows
]


@pytest.mark.parametrize(("kind", "name", "fuel", "title"), NAMES, ids=[row[3] for row in NAMES])
def test_a_page_is_drawn_as_it_was_reviewed(kind, name, fuel, title):
    expected = reviewed()[title]
    found = points(gen_pictures.page(kind, name, fuel))
    seen = "\n".join("".join(" #"[point] for point in row) for row in found)
    assert found == expected, "changed (make pictures, then review):\n" + seen


def decoded(octets):
    """Width, height and the colours of a PNG with a palette of sixteen, row by row."""
    assert octets[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(octets):
        size, name = struct.unpack(">I4s", octets[at : at + 8])
        body = octets[at + 8 : at + 8 + size]
        assert zlib.crc32(name + body) == int.from_bytes(octets[at + 8 + size : at + 12 + size])
        chunks[name] = body
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    wide, high, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (4, 3)
    raw = zlib.decompress(chunks[b"IDAT"])
    line = 1 + (wide + 1) // 2
    assert len(raw) == line * high
    palette = [chunks[b"PLTE"][at : at + 3] for at in range(0, len(chunks[b"PLTE"]), 3)]
    rows = []
    for y in range(high):
        assert raw[y * line] == 0
        row = raw[y * line + 1 : (y + 1) * line]
        rows.append([palette[half] for one in row for half in (one >> 4, one & 15)][:wide])
    return wide, high, rows


def shown(octets, scale, left, top):
    """The points of one display of a picture, by how bright their middles are."""
    _, _, rows = decoded(octets)
    middle = scale // 2 if scale < 3 else (scale - 1) // 2
    return [
        [
            int(sum(rows[top + y * scale + middle][left + x * scale + middle]) > 384)
            for x in range(128)
        ]
        for y in range(64)
    ]


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 7])
def test_a_picture_shows_the_points_of_the_frame(scale):
    octets = shots.picture(sample.credit(), "overview", scale=scale)
    assert decoded(octets)[:2] == ((128 + 20) * scale, (64 + 20) * scale)
    assert shown(octets, scale, 10 * scale, 10 * scale) == reviewed()["ihd overview electricity"]


@pytest.mark.parametrize("kind", ["ihd", "ppmid"])
def test_the_pictures_of_the_documents_are_of_today(kind):
    octets = (ROOT / "docs" / "pictures" / (kind + ".png")).read_bytes()
    assert len(octets) < 20_000
    pages = reviewed()
    for index, (name, fuel) in enumerate(gen_pictures.SHEETS[kind]):
        row, column = divmod(index, 3)
        title = "%s %s %s" % (kind, name, ("electricity", "gas")[fuel])
        found = shown(octets, 3, 3 * (10 + 156 * column), 3 * (10 + 92 * row))
        assert found == pages[title], title


def test_a_picture_is_refused_without_frames_or_with_a_wild_scale():
    with pytest.raises(ValueError, match="scale"):
        png.write([])
    with pytest.raises(ValueError, match="scale"):
        png.write([bytes(1024)], 0)


def unpicture(lines, style):
    """The points that lines of characters show; what each character is, is written anew here."""
    assert len({len(line) for line in lines}) == 1
    inside = [line[1:-1] for line in lines[1:-1]]
    if style != terminal.BRAILLE:
        up, down = ("▀█", "▄█") if style == terminal.HALF else ("':", ".:")
        return [[int(c in half) for c in line] for line in inside for half in (up, down)]
    rows = [[0] * 128 for _ in range(64)]
    places = ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1))  # dots 1 to 8
    for y, line in enumerate(inside):
        for x, character in enumerate(line):
            for dot, (down, right) in enumerate(places):
                rows[4 * y + down][2 * x + right] = ord(character) - 0x2800 >> dot & 1
    return rows


@pytest.mark.parametrize("style", terminal.STYLES)
def test_a_terminal_shows_the_same_points(style):
    buffer = shots.frame(sample.credit(), "history")
    assert unpicture(terminal.picture(buffer, style), style) == reviewed()[
        "ihd history electricity"]  # fmt: skip


def test_colour_only_adds_to_the_lines():
    buffer = shots.frame(sample.credit(), "info")
    lines = terminal.picture(buffer, terminal.HALF, colour=True)
    plain = [line.replace("\x1b[38;5;159m", "").replace("\x1b[0m", "") for line in lines]
    assert plain == terminal.picture(buffer, terminal.HALF)
    assert plain != lines


def test_half_blocks_where_there_is_room_and_ascii_where_nothing_else_goes():
    class Screen:
        def __init__(self, encoding):
            self.encoding = encoding

    assert terminal.style_for(Screen("utf-8"), 130, 40) == terminal.HALF
    assert terminal.style_for(Screen("UTF-8"), 129, 40) == terminal.BRAILLE
    assert terminal.style_for(Screen("latin-1"), 200, 60) == terminal.ASCII


def test_a_page_is_read_out_in_its_own_words():
    assert shots.text(sample.credit(), "overview") == (
        "Electricity Now 17:42 (a message waits); 0.84 kW; 21p an hour Medium; Today £2.12"
    )
    assert shots.text(sample.credit(), "message").endswith(
        "gas 5.98p a kWh. Standing charges stay as they are. OK confirm"
    )
    seen = sample.prepayment()
    seen.notice = "Top-up of £10.00 accepted."
    assert shots.text(seen, "credit", shots.ELECTRICITY, True) == (
        "Electricity Credit 17:42; £1.63; Debt £45.00; Top-up of £10.00 accepted."
    )
    seen.is_joined, seen.notice = False, ""
    assert "Not joined; to your meters' network" in shots.text(seen, "today", shots.GAS, True)
    seen.is_joined = True
    seen.fuels[1].is_connected = False
    assert "No connection; to the gas meter" in shots.text(seen, "today", shots.GAS)


def test_a_month_of_a_household_is_shown_to_the_penny_and_the_watt_hour():
    seen = sample.credit()
    seen.fuels[1].used_wh[3] = 9_876_543
    seen.fuels[1].cost_mp[3] = 99_999_400
    assert "This month 9876.543 999.99" in shots.text(seen, "history", shots.GAS)
    seen.fuels[1].cost_mp[3] = 99_999_500
    assert "This month 9876.543 1000" in shots.text(seen, "history", shots.GAS)


def test_the_samples_agree_with_themselves():
    for seen in (sample.credit(), sample.prepayment()):
        electricity, gas = seen.fuels
        # 6.412 kWh at 24.503p and a standing charge of 54.794p; 18.250 kWh at 6.24p and 31.43p
        assert (electricity.cost_mp[0], gas.cost_mp[0]) == (211_907, 145_310)
        assert electricity.cost_now_mp == 20_582  # 0.84 kW


def test_keys_may_arrive_in_pieces():
    assert terminal.keys(b"\x1b[A\r12\x7fq\tx") == ([0, 2, "1", "2", "\b", "q", 3], b"")
    assert terminal.keys(b"5\x1b[") == (["5"], b"\x1b[")
    assert terminal.keys(b"\x1b[B") == ([1], b"")
    assert terminal.keys(b"7341 2345")[0] == list("73412345")


def test_off_a_terminal_one_still_is_printed():
    out = io.StringIO()
    with open(os.devnull) as nothing:
        terminal.run(sample.credit, Pages(), print, nothing.fileno(), out)
    lines = out.getvalue().splitlines()
    assert unpicture(lines[:-1], terminal.ASCII) == reviewed()["ihd overview electricity"]
    assert lines[-1].startswith("Electricity Now 17:42")


class Person:
    """Somebody at a terminal: reads what comes, types, and waits for words."""

    def __init__(self, master):
        self.master = master
        self.text = ""

    def read(self, wait=0.05):
        while select.select([self.master], [], [], wait)[0]:
            try:
                octets = os.read(self.master, 65536)
            except OSError:
                return
            if not octets:
                return
            self.text += octets.decode("utf-8", "replace")

    def expect(self, words, seconds=20):
        limit = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < limit, "%r is not in %r" % (words, self.text[-600:])
            self.read()
        self.before, self.text = self.text.split(words, 1)

    def type(self, octets):
        os.write(self.master, octets)


def terminal_of(columns, rows):
    import fcntl
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return master, slave


def test_a_display_lives_in_a_terminal():
    import termios

    master, slave = terminal_of(100, 40)
    before = termios.tcgetattr(slave)
    person = Person(master)
    seen = sample.prepayment()
    intents = []

    def sink(intent):
        intents.append(intent)
        seen.notice = "Top-up of £5.00 accepted."

    screen = open(slave, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    thread = threading.Thread(
        target=terminal.run,
        args=(lambda: seen, Pages(True), sink, slave, screen, 0.01),
        daemon=True,
    )
    thread.start()
    person.expect("Electricity Now 17:42; 0.84 kW")
    person.type(b"\x1b[B")
    person.expect("Electricity Today 17:42")
    person.type(b"\t")
    person.expect("Gas Today 17:42")
    seen.time += 60  # the view moves on by itself
    person.expect("Gas Today 17:43")
    person.type(b"7341 2345 6789 0123 456")
    person.expect("1 to come")
    person.expect("UTRN 7341 2345 6789 0123 456_")
    person.type(b"7")
    person.expect("OK send")
    person.type(b"\r")
    person.expect("Top-up of £5.00 accepted.")
    person.type(b"q")
    person.expect("\x1b[?1049l")
    thread.join(10)
    assert not thread.is_alive()
    assert intents == [("top-up", 1, "73412345678901234567")]
    assert termios.tcgetattr(slave) == before
    screen.close()
    os.close(master)
    os.close(slave)


def test_a_small_terminal_gets_the_words_alone():
    master, slave = terminal_of(40, 12)
    person = Person(master)
    screen = open(slave, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    thread = threading.Thread(
        target=terminal.run, args=(sample.credit, Pages(), print, slave, screen), daemon=True
    )
    thread.start()
    person.expect("0.84 kW")
    person.type(b"\x04")  # the end of input
    person.expect("\x1b[?1049l")
    thread.join(10)
    assert not thread.is_alive()
    assert "⣿" not in person.text
    screen.close()
    os.close(master)
    os.close(slave)


def test_the_command_lives_in_a_home_and_a_token_typed_in_is_credit():
    master, slave = terminal_of(80, 30)
    process = subprocess.Popen(
        [sys.executable, "-m", "gbcs_host.cli", "device", "run", "ppmid"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        close_fds=True,
    )
    os.close(slave)
    try:
        person = Person(master)
        person.expect("a token for electricity: ", 60)
        person.expect("(10 pounds)")
        digits = re.search(r"\d{20}", person.before)[0]
        person.expect("Electricity Now ")
        person.expect("0.93 kW")
        person.type(digits.encode())
        person.expect("OK send")
        person.type(b"\r")
        person.expect("£14.62")
        person.expect("Top-up accepted:")
        person.type(b"\x1b[B")
        person.expect("Have the 20")  # the notice has been read
        person.type(b"q")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_the_command_draws_pages(capsys, tmp_path):
    assert main(["device", "show", "ihd", "--page", "today"]) == 0
    assert "Electricity Today 18:01 (a message waits); £2.80; 9.249 kWh" in capsys.readouterr().out
    view = tmp_path / "view.json"
    view.write_text(json.dumps(viewjson.to_json(sample.credit())))
    words = ["device", "show", "ihd", "--view", str(view), "--style", "half", "--page", "today"]
    assert main(words) == 0
    captured = capsys.readouterr()
    assert unpicture(captured.out.splitlines()[:-1], "half") == reviewed()["ihd today electricity"]
    file = tmp_path / "all.png"
    assert main(["device", "show", "ppmid", "--page", "all", "--png", str(file)]) == 0
    wide, high, _ = decoded(file.read_bytes())
    assert (wide, high) == (4 * (3 * 148 + 2 * 8), 4 * (4 * 84 + 3 * 8))
    assert capsys.readouterr().out == ""


def test_the_command_draws_a_view_that_was_kept(capsys, tmp_path):
    seen = sample.prepayment()
    seen.fuels[1].balance_mp = -2_345_600
    file = tmp_path / "view.json"
    file.write_text(json.dumps(viewjson.to_json(seen)))
    arguments = ["--view", str(file), "--page", "credit", "--fuel", "gas", "--json"]
    assert main(["device", "show", "ppmid", *arguments]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["view"]["fuels"]["gas"]["balance_mp"] == -2_345_600
    assert [(one["page"], one["fuel"]) for one in found["pages"]] == [("credit", "gas")]
    assert found["pages"][0]["text"].startswith("Gas Credit 17:42; -£23.46;")
    assert captured.err == ""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["show"], 2),
        (["show", "esme"], 2),
        (["run"], 2),
        (["run", "esme"], 2),
        (["show", "ihd", "--page", "top-up"], 2),
        (["show", "ihd", "--view", "there is no such file"], 3),
        (["show", "ihd", "--png", "there/is/no/such/folder.png"], 3),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, status, capsys):
    assert main(["device", *arguments]) == status
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ([], "view: an object expected"),
        ({"colour": 1}, "there is no member 'colour'"),
        ({"time": "now"}, "time: a whole number or null expected"),
        ({"time": -1}, "time: seconds since 2000 expected, found -1"),
        ({"signal": 6}, "signal: 0 to 5 expected, found 6"),
        ({"is_joined": 1}, "is_joined: true or false expected"),
        ({"notice": None}, "notice: text expected"),
        ({"fuels": {"oil": {}}}, "fuels: there is no member 'oil'"),
        ({"fuels": {"gas": {"supply": "open"}}}, "supply: one of off, armed, on expected"),
        ({"fuels": {"gas": {"level": []}}}, "level: one of low, medium, high expected"),
        ({"fuels": {"gas": {"emergency": None}}}, "emergency: one of"),
        ({"fuels": {"gas": {"used_wh": [1]}}}, "used_wh: an object expected"),
        ({"fuels": {"gas": {"power_w": True}}}, "power_w: a whole number or null expected"),
        ({"messages": {}}, "messages: a list expected"),
        ({"messages": [{"fuel": 2}]}, "fuel: 0 or 1 expected, found 2"),
    ],
)
def test_what_is_no_view_is_refused_and_says_why(found, text):
    with pytest.raises(viewjson.BadView, match=text):
        viewjson.from_json(found)


def test_what_json_does_not_say_is_not_known():
    assert viewjson.to_json(viewjson.from_json({})) == viewjson.to_json(View())
    seen = viewjson.from_json({"fuels": {"gas": {"used_wh": {"week": 5}, "level": None}}})
    assert seen.fuels[1].used_wh == [None, None, 5, None]


def test_a_picture_stands_in_html_with_its_words():
    octets = shots.picture(sample.credit(), "overview")
    tag = shots.image_tag(octets, 'Credit <"£1">')
    assert tag.startswith("<img width='300' alt='Credit &lt;&quot;£1&quot;&gt;' src='data:image/")
    assert "'" not in tag.split("base64,")[1][:-2]
