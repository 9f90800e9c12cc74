"""A display on both Pythons: what is drawn, what buttons do, what goes to an OLED."""

import binascii

from gbcs_device.base import figures, view
from gbcs_device.display import oled, wording
from gbcs_device.display.frame import Frame, shortened, width_of
from gbcs_device.display.keys import Keys
from gbcs_device.display.navigation import DOWN, FUEL, OK, UP, Pages


def points(frame, x, y, width, height):
    """Rows of a frame, # where light is: read point by point, not by octets as it is drawn."""
    return [
        "".join(
            "#" if frame.buffer[(row // 8) * 128 + column] & 1 << row % 8 else "."
            for column in range(x, x + width)
        )
        for row in range(y, y + height)
    ]


def household():
    seen = view.View()
    seen.is_joined = True
    seen.time = 825961320
    seen.signal = 3
    for fuel in seen.fuels:
        fuel.is_connected = True
        fuel.is_prepayment = True
        fuel.supply = figures.ON
        fuel.balance_mp = 163_000
        fuel.price_mp = 24_503
        fuel.standing_mp = 54_794
        fuel.tariff = "Pay As You Go"
        fuel.used_wh = [6_412, 9_874, 26_031, None]
        fuel.cost_mp = [211_907, 296_736, 802_219, -500]
    seen.fuels[0].power_w = 840
    seen.fuels[0].level = view.MEDIUM
    return seen


def test_letters_stand_where_they_are_put_and_across_octets():
    frame = Frame()
    assert frame.text(3, 5, "1£") == 15
    assert points(frame, 3, 5, 12, 8) == [
        "..#.....##..",
        ".##....#..#.",
        "..#....#....",
        "..#...###...",
        "..#....#....",
        "..#....#....",
        ".###..#####.",
        "............",
    ]
    assert sum(frame.buffer[256:]) == 0


def test_large_figures_are_sixteen_rows():
    frame = Frame()
    frame.large(0, 13, "-7")
    assert points(frame, 0, 13, 17, 3) == ["........#########"] * 2 + ["...............##"]
    assert points(frame, 0, 20, 17, 2) == ["######......###..", "######......##..."]


def test_what_is_outside_is_left_out():
    frame = Frame()
    frame.text(125, 60, "H")
    frame.large(-4, 56, "0")
    frame.column(128, 0, 255)
    assert points(frame, 125, 60, 3, 4) == ["#.."] * 3 + ["###"]
    assert sum(frame.buffer[: 7 * 128]) == 0


def test_a_rectangle_is_inverted_and_erased():
    frame = Frame()
    frame.box(1, 6, 6, 5)
    frame.invert(0, 5, 4, 4)
    assert points(frame, 0, 5, 8, 6) == [
        "####....",
        "#...###.",
        "#.##..#.",
        "#.##..#.",
        ".#....#.",
        ".######.",
    ]
    frame.erase(0, 5, 8, 6)
    assert sum(frame.buffer) == 0


def test_text_that_is_too_wide_ends_in_dots():
    assert shortened("Standard Variable", 128) == "Standard Variable"
    short = shortened("Standard Variable", 50)
    assert short == "Standard…"
    assert width_of(short) <= 50


def test_figures_are_rounded_away_from_zero():
    money, hourly = wording.money, wording.hourly
    assert [money(x) for x in (0, 499, 500, -499, -500, 123_456_500)] == [
        "£0.00", "£0.00", "£0.01", "£0.00", "-£0.01", "£1234.57"]  # fmt: skip
    assert [hourly(x) for x in (20_582, 99_499, 99_500, -400)] == ["21p", "99p", "£1.00", "0p"]
    assert [wording.price(x) for x in (24_503, 24_500, 5)] == ["24.503", "24.50", "0.005"]
    assert [wording.power(x) for x in (4, 5, 9_994, 9_995, 99_950, -840)] == [
        "0.00", "0.01", "9.99", "10.0", "100", "-0.84"]  # fmt: skip
    assert wording.energy_within(1_312_456, 38) == "1312.46"
    assert wording.energy_within(10**15, 38) == "####"
    assert wording.money_within(-123_456_500, 34, "") == "-1235"
    assert money(None) == wording.price(None) == wording.power(None) == "--"


def test_time_is_local():
    assert wording.time_of_day(825961320, 0) == "17:42"
    assert wording.time_of_day(825961320, 3600) == "18:42"
    assert wording.date(825961320, 0) == "Wed 4 Mar 2026"
    assert wording.date(836349600, 3600) == "Fri 3 Jul 2026"  # 23:20 UTC on Thursday
    assert [wording.zone(x) for x in (0, 3600, -1800)] == ["GMT", "BST", "-00:30"]


def test_lines_break_between_words_and_within_long_ones():
    assert wording.lines("one  two\nthree", 40) == ["one two", "three"]
    assert wording.lines("W" * 9, 23) == ["WWWW", "WWWW", "W"]
    assert wording.lines("", 40) == []


def test_pages_are_the_same_on_both_pythons():
    pages = Pages(True)
    seen = household()
    frame = Frame()
    found = []
    for name in pages.names:
        pages.turn_to(name)
        pages.draw(frame, seen)
        found.append(binascii.crc32(frame.buffer))
    assert found == CHECKSUMS, found


# Of the pages in order, as CPython draws them: display_pages.txt of tests/firmware has pictures
CHECKSUMS = [
    0x0A85E93B,
    0xA527DD41,
    0x1D4FD0A2,
    0xDF800E80,
    0x1CAA79B3,
    0xB0270815,
    0x292165BF,
    0xDD479BE8,
    0x24BF168E,
    0xF2019C17,
    0x5F8C6FCA,
]


def test_up_and_down_turn_pages_round():
    pages = Pages()
    seen = household()
    found = [pages.name]
    for _ in range(8):
        pages.press(DOWN, seen)
        found.append(pages.name)
    assert found == [
        "overview", "today", "history", "tariff", "credit", "message", "supplier", "info",
        "overview",
    ]  # fmt: skip
    pages.press(UP, seen)
    assert pages.name == "info"
    pages.press(FUEL, seen)
    assert pages.fuel == 0  # no page of a fuel
    pages.press(UP, seen)
    pages.press(FUEL, seen)
    assert (pages.name, pages.fuel) == ("supplier", 1)


def test_a_token_is_entered_with_buttons():
    pages = Pages(True)
    seen = household()
    pages.turn_to("top-up")
    pages.press(OK, seen)
    pages.press(OK, seen)  # no digit was chosen yet
    assert (pages.is_entering, pages.entry) == (True, "")
    for digit in "73000000000000000089":
        count = int(digit) + 1
        for _ in range(count if count < 6 else 11 - count):
            pages.press(UP if count < 6 else DOWN, seen)
        pages.press(OK, seen)
    assert pages.entry == "73000000000000000089"
    pages.press(UP, seen)  # nothing is to be chosen any more
    pages.press(OK, seen)
    assert pages.intents == [("top-up", 0, "73000000000000000089")]
    assert not pages.is_entering


def test_a_token_is_typed_from_any_page_and_taken_back():
    pages = Pages(True)
    seen = household()
    pages.fuel = 1
    for letter in "12x3\b45":
        pages.type(letter, seen)
    assert (pages.name, pages.entry) == ("top-up", "1245")
    for _ in range(5):
        pages.type("\b", seen)
    assert not pages.is_entering
    for letter in "1" * 30:
        pages.type(letter, seen)
    assert pages.entry == "1" * 20
    pages.press(OK, seen)
    assert pages.intents == [("top-up", 1, "1" * 20)]


def test_no_token_is_taken_where_none_can_go():
    seen = household()
    ihd = Pages()
    ihd.type("1", seen)
    assert ihd.name == "overview"
    pages = Pages(True)
    seen.fuels[0].is_connected = False
    pages.type("1", seen)
    pages.turn_to("top-up")
    pages.press(OK, seen)
    assert not pages.is_entering
    seen.fuels[0].is_connected = True
    seen.fuels[0].is_prepayment = False
    pages.press(OK, seen)
    pages.type("1", seen)
    assert not pages.is_entering
    assert pages.intents == []


def test_ok_does_what_is_offered_and_nothing_else():
    pages = Pages(True)
    seen = household()
    for name in pages.names:
        if name != "top-up":
            pages.turn_to(name)
            pages.press(OK, seen)
    assert pages.intents == []
    seen.fuels[1].emergency = view.AVAILABLE
    seen.fuels[1].supply = figures.ARMED
    pages.fuel = 1
    for name in ("emergency", "supply"):
        pages.turn_to(name)
        pages.press(OK, seen)
    assert pages.intents == [("emergency", 1), ("enable", 1)]


def test_a_message_is_read_to_its_end_before_it_is_confirmed():
    pages = Pages()
    seen = household()
    seen.messages = [
        view.Message(4, 0, "Old and read.", 0, False),
        view.Message(4, 1, "W" * 116, 0, True),  # 21 on a line: six lines
    ]
    pages.turn_to("message")
    assert pages.message_place(seen) == 1
    for place in (0, 1):
        pages.press(FUEL, seen)
        assert (pages.message_place(seen), pages.fuel) == (place, 0)
    pages.press(OK, seen)
    assert (pages.line, pages.intents) == (5, [])
    pages.press(OK, seen)
    assert pages.intents == [("confirm", 4)]
    seen.messages[1].is_confirmed = True
    pages.press(OK, seen)
    assert pages.message_place(seen) == 0
    del seen.messages[0]  # it was cancelled
    assert (pages.message_place(seen), pages.line) == (0, 0)
    seen.messages.clear()
    pages.press(OK, seen)
    assert len(pages.intents) == 1


def test_a_notice_is_dismissed_by_any_button_and_comes_again_after_the_next_intent():
    pages = Pages(True)
    seen = household()
    seen.fuels[0].supply = figures.ARMED
    pages.turn_to("supply")
    seen.notice = "The meter did not answer."
    assert pages.notice(seen) == seen.notice
    pages.press(OK, seen)
    assert (pages.notice(seen), pages.intents) == ("", [])
    pages.press(OK, seen)
    assert pages.intents == [("enable", 0)]
    assert pages.notice(seen) == "The meter did not answer."
    pages.press(UP, seen)
    seen.notice = "Electricity is on."
    assert pages.notice(seen) == "Electricity is on."


def looked(keys, levels):
    """What buttons say whose level, from a time on, is this: looked at every ten milliseconds."""
    found = []
    now = level = 0
    for until, following in levels + [(levels[-1][0] + 100, None)]:
        while now < until:
            button = keys.look(level, now)
            if button is not None:
                found.append((now, button))
            now += 10
        level = following
    return found


def test_a_button_that_bounces_is_pressed_once():
    bouncing = [(100, 2), (110, 0), (120, 2), (130, 0), (140, 2), (300, 0), (310, 2), (320, 0)]
    assert looked(Keys(4), bouncing) == [(170, DOWN)]
    assert looked(Keys(4), [(100, 4), (120, 0)]) == []  # a spike
    assert looked(Keys(4), [(100, 1), (200, 9), (300, 0), (400, 4)]) == [
        (130, UP), (230, FUEL), (430, OK)]  # fmt: skip


def test_a_single_button_tells_by_how_long_it_was_held():
    assert looked(Keys(1), [(100, 1), (590, 0)]) == [(620, DOWN)]
    assert looked(Keys(1), [(100, 1), (600, 0)]) == [(630, OK)]
    assert looked(Keys(1), [(100, 1), (2090, 0)]) == [(2120, OK)]
    assert looked(Keys(1), [(100, 1), (2100, 0), (3000, 1), (3200, 0)]) == [
        (2130, FUEL), (3230, DOWN)]  # fmt: skip


class Panel:
    """A display on I2C as the data sheets have it: commands, memory, and what is to be seen."""

    TAKE_ONE = {
        "SSD1306": (0x20, 0x81, 0x8D, 0xA8, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB),
        "SH1106": (0x81, 0xA8, 0xAD, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB),
    }
    PUMP = {"SSD1306": (0x8D, 0x14), "SH1106": (0xAD, 0x8B)}

    def __init__(self, kind):
        self.kind = kind
        self.columns, self.left = (128, 0) if kind == "SSD1306" else (132, 2)
        self.memory = [bytearray(self.columns) for _ in range(8)]
        for page in self.memory:  # what it has when it is switched on
            for x in range(self.columns):
                page[x] = 0xA5
        self.page = self.column = 0
        self.settings = {}
        self.is_on = False
        self.pages_written = []
        self.is_there = True

    def writeto(self, address, octets):
        if address != 0x3C or not self.is_there:
            raise OSError(19)
        if octets[0] == 0x40:
            self.pages_written.append(self.page)
            for octet in octets[1:]:
                self.memory[self.page][self.column] = octet
                self.column = (self.column + 1) % self.columns
            return
        assert octets[0] == 0x00
        at = 1
        while at < len(octets):
            command = octets[at]
            at += 1
            if command in self.TAKE_ONE[self.kind]:
                self.settings[command] = octets[at]
                at += 1
            elif 0xB0 <= command <= 0xB7:
                self.page = command & 7
            elif command < 0x10:
                self.column = self.column & 0xF0 | command
            elif command < 0x20:
                self.column = self.column & 0x0F | (command & 0x0F) << 4
            elif command in (0xAE, 0xAF):
                self.is_on = command == 0xAF
            elif 0x40 <= command < 0x80 or command in (0xA0, 0xA1, 0xA4, 0xA6, 0xC0, 0xC8):
                self.settings[command & 0xFE if command < 0xB0 else 0xC0] = command
            else:
                raise AssertionError("no command of a %s: %02X" % (self.kind, command))

    def seen(self):
        """What a person sees: nothing where it is off, or the pump, or rows are missing."""
        command, value = self.PUMP[self.kind]
        if not self.is_on or self.settings[command] != value or self.settings[0xA8] != 63:
            return None
        # 0x20: addressed by pages. Columns and rows run from the other end, as it is mounted
        if self.kind == "SSD1306" and self.settings[0x20] != 2:
            return None
        if self.settings[0xA0] != 0xA1 or self.settings[0xC0] != 0xC8:
            return None
        return b"".join(bytes(page[self.left : self.left + 128]) for page in self.memory)


def test_an_oled_shows_the_frame_and_is_sent_what_changed():
    for kind in ("SSD1306", "SH1106"):
        panel = Panel(kind)
        display = oled.Oled(panel, kind)
        pages = Pages()
        seen = household()
        frame = Frame()
        pages.draw(frame, seen)
        assert display.show(frame.buffer) == 8
        assert panel.seen() == bytes(frame.buffer)
        assert display.show(frame.buffer) == 0
        panel.pages_written.clear()
        seen.time += 60  # the header's clock
        pages.draw(frame, seen)
        assert display.show(frame.buffer) == 1
        assert panel.pages_written == [0]
        assert panel.seen() == bytes(frame.buffer)
        display.switch_off()
        assert panel.seen() is None
        assert display.show(frame.buffer) == 8
        assert panel.seen() == bytes(frame.buffer)


def test_an_oled_that_was_away_is_begun_anew():
    panel = Panel("SSD1306")
    display = oled.Oled(panel, "SSD1306")
    frame = Frame()
    display.show(frame.buffer)
    frame.text(0, 0, "Hello")
    panel.is_there = False
    try:
        display.show(frame.buffer)
    except OSError:
        pass
    else:
        raise AssertionError("nothing was raised")
    panel.__init__("SSD1306")  # it had no power meanwhile
    assert display.show(frame.buffer) == 8
    assert panel.seen() == bytes(frame.buffer)


def test_another_kind_of_display_is_refused():
    refused = ""
    try:
        oled.Oled(Panel("SSD1306"), "SSD1309")
    except ValueError as error:
        refused = str(error)
    assert refused == "SSD1306 or SH1106 expected, found SSD1309"
