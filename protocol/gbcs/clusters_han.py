"""The clusters of the home area network that no GBZ payload uses, as text like `clusters_gbz`."""

C000A = """Time
0000 Time UTC
0001 TimeStatus map8
0002 TimeZone int32 unit:s
0003 DstStart uint32 utc
0004 DstEnd uint32 utc
0005 DstShift int32 unit:s
0006 StandardTime uint32 utc
0007 LocalTime uint32 utc
0008 LastSetTime UTC
0009 ValidUntilTime UTC
"""

C0019 = """OTAUpgrade
~0000 UpgradeServerID EUI64
~0001 FileOffset uint32
~0002 CurrentFileVersion uint32
~0003 CurrentZigBeeStackVersion uint16
~0004 DownloadedFileVersion uint32
~0005 DownloadedZigBeeStackVersion uint16
~0006 ImageUpgradeStatus enum8
~0007 ManufacturerID uint16
~0008 ImageTypeID uint16
~0009 MinimumBlockPeriod uint16
~000A ImageStamp uint32
>01 QueryNextImageRequest field_control:map8 manufacturer_code:uint16 image_type:uint16
    current_file_version:uint32 ?field_control&1(hardware_version:uint16)
>03 ImageBlockRequest field_control:map8 manufacturer_code:uint16 image_type:uint16
    file_version:uint32 file_offset:uint32 maximum_data_size:uint8
    ?field_control&1(request_node_address:EUI64) ?field_control&2(minimum_block_period:uint16)
>04 ImagePageRequest field_control:map8 manufacturer_code:uint16 image_type:uint16
    file_version:uint32 file_offset:uint32 maximum_data_size:uint8 page_size:uint16
    response_spacing:uint16 ?field_control&1(request_node_address:EUI64)
>06 UpgradeEndRequest status:enum8:names:zcl_status ?(manufacturer_code:uint16
    image_type:uint16 file_version:uint32)
>08 QueryDeviceSpecificFileRequest request_node_address:EUI64 manufacturer_code:uint16
    image_type:uint16 file_version:uint32 current_zigbee_stack_version:uint16
<00 ImageNotify payload_type:enum8 query_jitter:uint8
    ?payload_type=1,2,3(manufacturer_code:uint16) ?payload_type=2,3(image_type:uint16)
    ?payload_type=3(new_file_version:uint32)
<02 QueryNextImageResponse status:enum8:names:zcl_status
    ?status=0(manufacturer_code:uint16 image_type:uint16 file_version:uint32 image_size:uint32)
<05 ImageBlockResponse status:enum8:names:zcl_status
    ?status=0(manufacturer_code:uint16 image_type:uint16 file_version:uint32 file_offset:uint32
    image_data:octstr)
    ?status=151(current_time:UTC request_time:UTC minimum_block_period:uint16)
<07 UpgradeEndResponse manufacturer_code:uint16 image_type:uint16 file_version:uint32
    current_time:UTC upgrade_time:UTC
<09 QueryDeviceSpecificFileResponse status:enum8:names:zcl_status
    ?status=0(manufacturer_code:uint16 image_type:uint16 file_version:uint32 image_size:uint32)
"""

C0025 = """KeepAlive
0000 TCKeepAliveBase uint8 unit:min
0001 TCKeepAliveJitter uint16 unit:s
"""

C0701 = """DemandResponseAndLoadControl
~0000 UtilityEnrollmentGroup uint8
~0001 StartRandomizationMinutes uint8 unit:min
~0002 DurationRandomizationMinutes uint8 unit:min
~0003 DeviceClassValue uint16
>00 ReportEventStatus issuer_event_id:uint32 event_status:uint8 event_status_time:UTC
    criticality_level_applied:uint8 cooling_temperature_set_point_applied:uint16
    heating_temperature_set_point_applied:uint16 average_load_adjustment_percentage_applied:int8
    duty_cycle_applied:uint8 event_control:map8 signature_type:uint8 signature:octets
>01 GetScheduledEvents start_time:UTC number_of_events:uint8 ?(issuer_event_id:uint32)
<00 LoadControlEvent issuer_event_id:uint32 device_class:map16 utility_enrollment_group:uint8
    start_time:UTC duration_in_minutes:uint16:unit:min criticality_level:uint8
    cooling_temperature_offset:uint8 heating_temperature_offset:uint8
    cooling_temperature_set_point:int16 heating_temperature_set_point:int16
    average_load_adjustment_percentage:int8 duty_cycle:uint8 event_control:map8
<01 CancelLoadControlEvent issuer_event_id:uint32 device_class:map16
    utility_enrollment_group:uint8 cancel_control:map8 effective_time:UTC
<02 CancelAllLoadControlEvents cancel_control:map8
"""

C0704 = """Tunneling
0000 CloseTunnelTimeout uint16 unit:s
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
<04 ReadyData tunnel_id:uint16 number_of_octets_left:uint16
<05 SupportedTunnelProtocolsResponse protocol_list_complete:bool protocol_count:uint8
    protocols*protocol_count(manufacturer_code:uint16 protocol_id:enum8:@protocol)
<06 TunnelClosureNotification tunnel_id:uint16
"""

C070B = """SubGHz
0000 ChannelChange uint32
*0001/1x4 Page{28}ChannelMask map32
>00 GetSuspendZCLMessagesStatus
<00 SuspendZCLMessages period:uint8:unit:min
"""

C0800 = """KeyEstablishment
0000 KeyEstablishmentSuite enum16
~0000 KeyEstablishmentSuite enum16
>00 InitiateKeyEstablishmentRequest key_establishment_suite:map16
    ephemeral_data_generate_time:uint8:unit:s confirm_key_generate_time:uint8:unit:s
    identity:octets
>01 EphemeralDataRequest ephemeral_data:octets
>02 ConfirmKeyDataRequest secure_message_authentication_code:octets
>03 TerminateKeyEstablishment status:enum8:@terminate wait_time:uint8:unit:s
    key_establishment_suite:map16
<00 InitiateKeyEstablishmentResponse key_establishment_suite:map16
    ephemeral_data_generate_time:uint8:unit:s confirm_key_generate_time:uint8:unit:s
    identity:octets
<01 EphemeralDataResponse ephemeral_data:octets
<02 ConfirmKeyDataResponse secure_message_authentication_code:octets
<03 TerminateKeyEstablishment status:enum8:@terminate wait_time:uint8:unit:s
    key_establishment_suite:map16
"""
