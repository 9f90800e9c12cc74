"""Nothing overflows the screen or runs into something else, whatever a view holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs_device.base import view
from gbcs_device.display import frame as frames
from gbcs_device.display.frame import HEIGHT, WIDTH, Frame
from gbcs_device.display.navigation import DOWN, FUEL, IHD, OK, PPMID, UP, Pages
from gbcs_host.display import viewjson


class Overflow(AssertionError):
    """Something was drawn where it has no place."""


class Strict(Frame):
    """A frame that refuses points outside, and text on other text or on bars."""

    def __init__(self):
        super().__init__()
        self.taken = []

    def clear(self):
        self.taken = []
        super().clear()

    def column(self, x, y, bits):
        if not 0 <= x < WIDTH or y < 0 or y + bits.bit_length() > HEIGHT:
            raise Overflow("column %d, %d, %x" % (x, y, bits))
        super().column(x, y, bits)

    def _take(self, what, x, y, width, height):
        if x < 0 or x + width > WIDTH or y + height > HEIGHT:
            raise Overflow("%r at %d, %d: %d wide" % (what, x, y, width))
        for other, left, top, wide, high in self.taken:
            if x < left + wide and left < x + width and y < top + high and top < y + height:
                raise Overflow("%r at %d, %d runs into %r" % (what, x, y, other))
        if width and height:
            self.taken.append((what, x, y, width, height))

    def text(self, x, y, text):
        self._take(text, x, y, frames.width_of(text), frames.SMALL_HEIGHT)
        return super().text(x, y, text)

    def large(self, x, y, figure, gap=2):
        end = super().large(x, y, figure, gap)
        self._take(figure, x, y, max(end - gap - x, 0), frames.LARGE_HEIGHT)
        return end

    def box(self, x, y, width, height):
        """Its edges; what it frames has its place inside."""
        for edge in (
            (x, y, width, 1),
            (x, y + height - 1, width, 1),
            (x, y, 1, height),
            (x + width - 1, y, 1, height),
        ):
            for other, left, top, wide, high in self.taken:
                if (
                    edge[0] < left + wide
                    and left < edge[0] + edge[2]
                    and edge[1] < top + high
                    and top < edge[1] + edge[3]
                ):
                    raise Overflow("a box at %d, %d runs into %r" % (x, y, other))
        super().box(x, y, width, height)

    def bar(self, x, y, width, height):
        self._take("a bar", x, y, width, height)
        super().bar(x, y, width, height)

    def icon(self, x, y, icon):
        self._take("an icon", x, y, (len(icon) - 1) // icon[0], 8 * icon[0] - 2)
        super().icon(x, y, icon)

    def erase(self, x, y, width, height):
        self.taken = [
            one
            for one in self.taken
            if one[1] >= x + width or one[2] >= y + height or one[2] + one[4] <= y
        ]
        before = list(self.taken)
        super().erase(x, y, width, height)
        self.taken = before


def maybe(strategy):
    return st.none() | strategy


MONEY = maybe(st.integers(-(2**47), 2**47) | st.integers(-2_000_000, 2_000_000))
ENERGY = maybe(st.integers(0, 2**48) | st.integers(0, 2_000_000))
FOUR = st.tuples(*[ENERGY] * 4).map(list)
TEXT = st.text(max_size=140) | st.text("WMi £", max_size=140)
TIME = maybe(st.integers(0, 2**32 - 1))


@st.composite
def fuels(draw):
    fuel = view.Fuel()
    fuel.is_connected = draw(st.booleans())
    fuel.is_prepayment = draw(st.sampled_from([None, False, True, True]))
    fuel.power_w = draw(maybe(st.integers(-(2**31), 2**31) | st.integers(-30_000, 30_000)))
    fuel.level = draw(st.sampled_from([None, view.LOW, view.MEDIUM, view.HIGH]))
    fuel.used_wh = draw(FOUR)
    fuel.cost_mp = [draw(MONEY) for _ in range(4)]
    for name in ("cost_now_mp", "price_mp", "standing_mp", "balance_mp", "bill_mp", "debt_mp"):
        setattr(fuel, name, draw(MONEY))
    fuel.emergency_mp = draw(MONEY)
    fuel.reading = draw(ENERGY)
    for name in ("tariff", "calendar", "supplier", "contact"):
        setattr(fuel, name, draw(TEXT))
    fuel.emergency = draw(st.integers(0, 4))
    fuel.supply = draw(st.sampled_from([None, 0, 1, 2]))
    fuel.has_low_credit = draw(st.booleans())
    return fuel


@st.composite
def messages(draw):
    one = view.Message(
        draw(st.integers(0, 2**32 - 1)), draw(st.integers(0, 1)), draw(TEXT), 0,
        draw(st.booleans())
    )  # fmt: skip
    one.is_confirmed = draw(st.booleans())
    one.until = draw(TIME)
    return one


@st.composite
def views(draw):
    seen = view.View()
    seen.fuels = (draw(fuels()), draw(fuels()))
    seen.is_joined = draw(st.sampled_from([True, True, True, False]))
    seen.time = draw(TIME)
    seen.offset_s = draw(st.sampled_from([0, 3600, -3600, 50400, -43200]))
    seen.signal = draw(st.integers(0, 5))
    seen.notice = draw(st.just("") | TEXT)
    seen.messages = draw(
        st.lists(messages(), max_size=12, unique_by=lambda one: (one.number, one.fuel))
    )
    return seen


@settings(max_examples=300, deadline=None)
@given(views(), st.booleans(), st.lists(st.sampled_from("0123456789\b"), max_size=25))
def test_every_page_of_any_view_fits_the_screen(seen, is_gas, typed):
    strict = Strict()
    pages = Pages(True)
    pages.fuel = int(is_gas)
    for name in pages.names:
        pages.turn_to(name)
        pages.draw(strict, seen)
    for letter in typed:
        pages.type(letter, seen)
    pages.draw(strict, seen)
    pages.turn_to("message")
    for _ in range(8):
        pages.press(OK, seen)
        pages.draw(strict, seen)


@settings(max_examples=150, deadline=None)
@given(views(), st.lists(st.integers(0, 3) | st.sampled_from("0123456789\b"), max_size=80))
def test_whatever_is_pressed_intents_are_of_the_four_kinds(seen, presses):
    pages = Pages(True)
    strict = Strict()
    for press in presses:
        if isinstance(press, int):
            pages.press(press, seen)
        else:
            pages.type(press, seen)
        pages.draw(strict, seen)
    numbers = {one.number for one in seen.messages if one.needs_confirmation}
    for kind, *rest in pages.intents:
        if kind == "confirm":
            assert rest[0] in numbers
            continue
        fuel = seen.fuels[rest[0]]
        assert seen.is_joined
        assert fuel.is_connected
        if kind == "top-up":
            assert fuel.is_prepayment
            assert len(rest[1]) == 20
            assert rest[1].isdigit()
        elif kind == "emergency":
            assert fuel.emergency == view.AVAILABLE
        else:
            assert (kind, fuel.supply) == ("enable", 1)


@settings(max_examples=100, deadline=None)
@given(views())
def test_a_view_comes_back_from_json_and_draws_the_same(seen):
    found = viewjson.to_json(seen)
    again = viewjson.from_json(found)
    assert viewjson.to_json(again) == found
    one, other = Frame(), Frame()
    for name in IHD:
        pages = Pages()
        pages.turn_to(name)
        pages.draw(one, seen)
        pages.draw(other, again)
        assert one.buffer == other.buffer


def test_a_frame_that_is_strict_refuses():
    strict = Strict()
    with pytest.raises(Overflow):
        strict.text(124, 0, "W")
    strict.text(0, 0, "one")
    with pytest.raises(Overflow, match="runs into 'one'"):
        strict.text(10, 4, "two")


def test_a_display_has_the_pages_of_its_kind():
    assert set(PPMID) - set(IHD) == {"top-up", "emergency", "supply"}
    pages = Pages()
    with pytest.raises(ValueError, match="found top-up"):
        pages.turn_to("top-up")
    assert len({UP, DOWN, OK, FUEL}) == 4
