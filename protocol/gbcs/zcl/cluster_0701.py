"""Cluster 0701, DemandResponseAndLoadControl; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
~0000 UtilityEnrollmentGroup uint8
~0001 StartRandomizationMinutes uint8 unit:min
~0002 DurationRandomizationMinutes uint8 unit:min
~0003 DeviceClassValue uint16
""",
)

COMMANDS = (
    """
>00 ReportEventStatus issuer_event_id:uint32 event_status:uint8 event_status_time:UTC
    criticality_level_applied:uint8 cooling_temperature_set_point_applied:uint16
    heating_temperature_set_point_applied:uint16 average_load_adjustment_percentage_applied:int8
    duty_cycle_applied:uint8 event_control:map8 signature_type:uint8 signature:octets
>01 GetScheduledEvents start_time:UTC number_of_events:uint8 ?(issuer_event_id:uint32)
""",
    """
<00 LoadControlEvent issuer_event_id:uint32 device_class:map16 utility_enrollment_group:uint8
    start_time:UTC duration_in_minutes:uint16:unit:min criticality_level:uint8
    cooling_temperature_offset:uint8 heating_temperature_offset:uint8
    cooling_temperature_set_point:int16 heating_temperature_set_point:int16
    average_load_adjustment_percentage:int8 duty_cycle:uint8 event_control:map8
<01 CancelLoadControlEvent issuer_event_id:uint32 device_class:map16
    utility_enrollment_group:uint8 cancel_control:map8 effective_time:UTC
<02 CancelAllLoadControlEvents cancel_control:map8
""",
)
