"""What objects hold before anything is written: of their template's type and form."""

from gbcs import usecases
from gbcs.axdr import axdr
from gbcs.cosem import template as cosemtemplate
from gbcs.cosem.layout import shape
from gbcs.gbz import template as gbztemplate
from gbcs.zcl import types
from gbcs_device.messages.gbz_server import attribute_of
from gbcs_device.messages.layouts import octets_of


def names(field):
    """The field's names and types, without its values."""
    value = field[2]
    return field[0], field[1], [names(one) for one in value] if isinstance(value, list) else None


def expected(layout):
    """The same of a layout, for a single-element meter."""
    name, kind, size, _, _, children, _ = layout
    if kind == "structure":
        return name, kind, [expected(child) for child in children if not child[6]]
    if kind == "array":
        return name, kind, [expected(children[0])] * (size[0] if size else 0)
    return name, kind, None


def test_every_attribute_has_a_default_of_its_layout():
    seen = 0
    for target in cosemtemplate.objects():
        if target.kind == "A":
            octets = octets_of(target.layout)
            field, end = axdr.decode(octets, 0, len(octets), shape(target.layout))
            assert end == len(octets)
            assert names(field) == expected(target.layout), target
            seen += 1
    assert seen > 200


def test_every_attribute_that_a_response_names_has_a_default_of_its_type():
    seen = 0
    for case in usecases.all_cases():
        template = [one for one in gbztemplate.find(case.code or 0) if one.side == "response"]
        for one in template:
            for identifier, kind in one.constants:
                if isinstance(identifier, int) and kind is not None:
                    octets = attribute_of(template, one.cluster, identifier)
                    assert types.skip_typed(octets, 0, len(octets), "") == len(octets)
                    assert types.by_code(octets[0])[1] == kind
                    seen += 1
    assert seen > 70
