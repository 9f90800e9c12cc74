"""Modules of a device in an order in which each comes after those that it imports.

An import within an import takes 0.8 KB of a board's C stack; so what a device of a kind is made
of is loaded before it, leaves first.
"""

# ruff: noqa: F401, I001
from gbcs_device.base import kind_rows


def load(kind: str, has_account: bool) -> None:
    """Loads what a device of a kind needs. Raises UnknownKind."""
    row = kind_rows.find(kind)
    import gbcs.blocks.exchange
    import gbcs_device.han.tunnel

    if row.takes_messages:
        import gbcs.asn1.keyfile
        import gbcs.asn1.x509
        import gbcs.asn1.rows
        import gbcs.asn1.asn1
        import gbcs.clock
        import gbcs.usecases
        import gbcs.payload
        import gbcs.protect
        import gbcs_device.base.membership
        import gbcs_device.messages.device
    if row.form == "DLMS":
        import gbcs.axdr.skipping
        import gbcs.axdr.axdr
        import gbcs.cosem.layout
        import gbcs.cosem.cosem
        import gbcs.dlms.dlms
        import gbcs_device.messages.layouts
        import gbcs_device.messages.cosem_server
    elif row.form == "GBZ":
        import gbcs.zcl.clusters
        import gbcs.zcl.zcl
        import gbcs.gbz.gbz
        import gbcs_device.messages.gbz_server
    if row.has_display:
        import gbcs_device.base.view
        import gbcs_device.han.polling
        import gbcs_device.han.publications
        import gbcs_device.han.panel
        import gbcs_device.han.display
        import gbcs_device.display.view_octets
    if has_account:
        import gbcs_device.base.figures
        import gbcs_device.account.state
