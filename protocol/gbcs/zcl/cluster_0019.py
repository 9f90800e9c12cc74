"""Cluster 0019, OTAUpgrade; read by `clusters`. Source: ZCL 07-5123."""

ATTRIBUTES = (
    """
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
""",
)

COMMANDS = (
    """
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
""",
    """
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
""",
    """
<07 UpgradeEndResponse manufacturer_code:uint16 image_type:uint16 file_version:uint32
    current_time:UTC upgrade_time:UTC
<09 QueryDeviceSpecificFileResponse status:enum8:names:zcl_status
    ?status=0(manufacturer_code:uint16 image_type:uint16 file_version:uint32 image_size:uint32)
""",
)
