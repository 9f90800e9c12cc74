"""Cluster 0704, Tunneling; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
0000 CloseTunnelTimeout uint16 unit:s
""",
)

COMMANDS = (
    """
>00 RequestTunnel protocol_id:enum8:@protocol manufacturer_code:uint16 flow_control_support:bool
    maximum_incoming_transfer_size:uint16
>01 CloseTunnel tunnel_id:uint16
>02 TransferData tunnel_id:uint16 data:octets
>03 TransferDataError tunnel_id:uint16 transfer_data_status:uint8:@transfer
>04 AckTransferData tunnel_id:uint16 number_of_bytes_left:uint16
>05 ReadyData tunnel_id:uint16 number_of_octets_left:uint16
>06 GetSupportedTunnelProtocols protocol_offset:uint8
<00 RequestTunnelResponse tunnel_id:uint16 tunnel_status:uint8:@tunnel
    maximum_incoming_transfer_size:uint16
<01 TransferData tunnel_id:uint16 data:octets
<02 TransferDataError tunnel_id:uint16 transfer_data_status:uint8:@transfer
<03 AckTransferData tunnel_id:uint16 number_of_bytes_left:uint16
""",
    """
<04 ReadyData tunnel_id:uint16 number_of_octets_left:uint16
<05 SupportedTunnelProtocolsResponse protocol_list_complete:bool protocol_count:uint8
    protocols*protocol_count(manufacturer_code:uint16 protocol_id:enum8:@protocol)
<06 TunnelClosureNotification tunnel_id:uint16
""",
)
