"""The table of COSEM objects on both Pythons."""

from gbcs.cosem import cosem, template
from gbcs.cosem.layout import parse, shape


def test_an_obis_code_is_six_octets_and_text():
    assert cosem.obis_text(bytes.fromhex("00001e0300ff")) == "0-0:30.3.0.255"
    assert cosem.obis_octets("0-30:97.98.11.255") == bytes((0, 30, 97, 98, 11, 255))
    for text in ("0-0:1.2.3", "", "0-0:1.2.3.256", "a-0:1.2.3.4"):
        try:
            cosem.obis_octets(text)
        except ValueError:
            continue
        raise AssertionError("nothing raised")


def test_classes_and_their_members_have_names():
    assert cosem.class_name(104) == "ZigBee network control"
    assert cosem.class_name(5) is None
    assert cosem.member_name(104, 3) == "join_timeout"
    assert cosem.member_name(104, 4, "M") == "backup_PAN"
    assert cosem.member_name(104, 9) is None
    assert cosem.member_name(5, 2) is None


def test_an_object_is_found_by_class_obis_code_and_index():
    found = cosem.find(104, "0-0:30.3.0.255", 3)
    assert (found.name, found.smets, found.access) == ("join_timeout", "DeviceLog(CHF)", "s")
    assert found.title == "DeviceLog(CHF).join_timeout"
    assert found.layout == ("join_timeout", "long-unsigned", None, None, "unit:s", (), False)
    assert cosem.find(104, bytes.fromhex("00001e0300ff"), 3) == found
    assert cosem.find(104, "0-0:30.3.0.255", 3, "M") is None
    assert cosem.find(3, "1-0:2.8.0.255", 3).layout[5][1][3] == 30


def test_a_method_may_have_an_answer():
    found = cosem.find(104, "0-0:30.3.1.255", 4, "M")
    assert found.layout[1] == "null-data"
    assert [field[0] for field in found.answer[5]] == [
        "date-time",
        "extended_PAN_ID",
        "devices_to_backup",
    ]
    assert found.answer[5][2][2] == (0, 16)


def test_a_template_says_what_a_request_asks_for():
    found = template.template(0x0001)
    assert found.use_case == "CCS01"
    assert [(one.choice, one.object.index) for one in found.requests] == [
        ("action", 1),
        ("set", 3),
        ("set", 2),
    ]
    assert template.template(0x0053).requests[0].optional
    protects = template.template(0x0030).requests[0].protects
    assert [one.obis[3] for one in protects] == [1, 1]
    assert template.template(0x7FFF) is None


def test_a_template_says_what_an_alert_holds():
    found = template.template(0x0067)
    assert found.requests == ()
    assert [field[0] for field in found.alert[5]] == [
        "alert_code",
        "time",
        "interuption_value",
        "restoration_value",
    ]
    assert template.template(0x0061).protects[0].obis == cosem.obis_octets("0-0:98.1.0.255")


def test_a_layout_reads_types_sizes_constants_and_hints():
    layout, end = parse("{a:u8=0x63;b?:[1..4 {c:o12@date-time;d:f=1}}", 0, "x")
    assert end == 44
    assert layout[:3] == ("x", "structure", None)
    first, second = layout[5]
    assert first == ("a", "unsigned", None, 99, None, (), False)
    assert second[:3] == ("b", "array", (1, 4))
    assert second[6] is True
    inner = second[5][0]
    assert inner[5][0] == ("c", "octet-string", 12, None, "date-time", (), False)
    assert inner[5][1][3] is True
    assert shape(layout)[2][1] == (("a", None, None),)
    assert len(shape(layout)[2][2]) == 2
