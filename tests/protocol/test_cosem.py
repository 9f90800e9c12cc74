"""The table of COSEM objects against the facts it was made from, and the messages it makes."""

import json

import pytest

from gbcs.axdr import axdr
from gbcs.cosem import cosem, template
from gbcs.dlms import dlms

SIMPLE = {
    "octet-string": b"",
    "visible-string": "",
    "utf8-string": "",
    "bit-string": "",
    "boolean": False,
    "null-data": None,
}


@pytest.fixture(scope="module")
def records(shared):
    """The facts' records of DLMS use cases."""
    found = json.loads((shared / "gbcs" / "use_cases.json").read_text())
    return [record for record in found if record["payload"] == "DLMS"]


def test_every_dlms_use_case_has_a_template(records):
    codes = {int(record["message_code"], 16): record["code"] for record in records}
    assert set(template.codes()) >= set(codes)  # the tables may have use cases of their own
    for code, name in codes.items():
        assert template.template(code).use_case == name


def test_every_request_is_that_of_the_facts(records):
    for record in records:
        found = template.template(int(record["message_code"], 16))
        assert [
            (
                one.choice,
                one.object.class_id,
                cosem.obis_text(one.object.obis),
                one.object.index,
                one.optional,
                [[p.class_id, cosem.obis_text(p.obis), p.index] for p in one.protects],
            )
            for one in found.requests
        ] == [
            (
                item["choice"],
                item["class_id"],
                item["obis"],
                item["index"],
                item.get("optional", False),
                [list(key) for key in item.get("protects", ())],
            )
            for item in record.get("dlms_request") or ()
        ], record["code"]


def test_every_row_of_the_facts_has_its_object(records):
    rows = 0
    for record in records:
        for row in record.get("dlms") or ():
            if row["class_id"] is None or not row["name"] or row["name"] == "data":
                continue  # class 9's method is called so in two use cases, after its argument
            found = cosem.find(row["class_id"], row["obis"], row["index"], row["kind"])
            assert found is not None, row
            assert found.name == row["name"]
            rows += 1
    assert rows > 900


def test_every_object_has_names_a_layout_and_an_access():
    keys = set()
    for one in template.objects():
        assert one.name
        assert cosem.class_name(one.class_id)
        assert one.layout[1] in axdr_types()
        assert one.access
        assert set(one.access) <= set("grsa")
        keys.add((one.class_id, one.obis, one.kind, one.index))
    assert len(keys) >= 305


def axdr_types():
    from gbcs.axdr.types import NAMES

    return [name for name in NAMES if name]


def example(layout, twin):
    """A field that a layout allows, with its constant where it has one."""
    name, kind, size, constant, _, children, _ = layout
    if children and kind == "structure":
        inside = [example(child, twin) for child in children if twin or not child[6]]
        return (name, kind, inside, None)
    if children:
        return (name, kind, [example(children[0], twin)] * max(size[0] if size else 1, 1), None)
    value = constant if constant is not None else SIMPLE.get(kind, 1)
    return (name, kind, value, None)


def unnamed(field, in_array=False):
    if isinstance(field[2], list):
        return [leaf for child in field[2] for leaf in unnamed(child, field[1] == "array")]
    return [] if field[0] or in_array else [field]


@pytest.mark.parametrize("twin", [True, False])
def test_messages_made_of_each_template_decode_with_names(twin):
    for code in template.codes():
        found = template.template(code)
        if found.alert is not None:
            body = example(found.alert, twin)
            octets = dlms.encode(dlms.DataNotification(1, b"", body))
            record = dlms.decode(octets, 0, len(octets), code, "alert")
            assert not unnamed(record.body), found.use_case
            continue
        items, answers = [], []
        nothing = (None, "null-data", None, None)
        for one in found.requests:
            target = one.object
            data = example(target.layout, twin)
            selection = None
            if one.choice == "get-with-selection":
                parts = [("access_selector", "unsigned", 1, None), nothing]
                selection = ("selection", "access-selection", parts, None)
            asks = one.choice in ("set", "action")
            head = (None, one.choice, target.class_id, target.obis, target.index, selection)
            items.append((*head, data if asks else nothing))
            answer = nothing if asks else data
            if target.answer is not None:
                answer = example(target.answer, twin)
            answers.append((None, one.choice.split("-")[0], 0, answer))
        octets = dlms.encode(dlms.AccessRequest(1, b"", items))
        record = dlms.decode(octets, 0, len(octets), code, "command")
        assert [item[0] for item in record.items] == [one.object.title for one in found.requests]
        assert not [item for item in record.items if unnamed(item[6])], found.use_case
        octets = dlms.encode(dlms.AccessResponse(1, b"", None, answers))
        record = dlms.decode(octets, 0, len(octets), code, "response")
        assert [item[0] for item in record.items] == [one.object.title for one in found.requests]
        assert not [item for item in record.items if unnamed(item[3])], found.use_case
        for one in found.requests:
            for target in one.protects:
                field = ("x", "structure", [example(target.layout, twin)], None)
                if len(one.protects) == 1:
                    read = dlms.decode_plaintext(axdr.encode(field), code, 0)
                    assert not unnamed(read), found.use_case


def test_each_item_of_a_template_can_be_told_apart():
    for code in template.codes():
        found = template.template(code)
        titles = [one.object.title for one in found.requests]
        keys = [(one.object.class_id, one.object.obis, one.object.index) for one in found.requests]
        if len(set(keys)) == len(keys):
            assert len(set(titles)) == len(titles), (found.use_case, titles)
