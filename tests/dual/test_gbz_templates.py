"""Templates of GBZ use cases on both Pythons."""

from gbcs.gbz import gbz


def test_a_template_says_what_is_expected():
    expected = gbz.template(0x006F)  # GCS05
    low = [row for row in expected if row.command == 9 and row.side == "command"]
    assert [row.from_date_time for row in low] == [True]
    day = [row for row in expected if row.side == "command" and row.command == 1]
    assert (day[0].least, day[0].most) == (1, 5)
    assert ("calendar_type", (3,)) in day[0].constants
    sealed = gbz.template(0x0074)[-1]  # GCS13a
    assert sealed.encrypted
    assert sealed.constants[-1] == (0x0000, "uint48")
    assert gbz.template(0x0001) == ()
