"""Cluster 0709, Events; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = ()

COMMANDS = (
    """
>00 GetEventLog event_control_and_log_id:map8 event_id:uint16:names:alert start_time:UTC
    end_time:UTC number_of_events:uint8 event_offset:uint16
>01 ClearEventLogRequest log_id:uint8:@log
<00 PublishEvent log_id:uint8:@log event_id:uint16:names:alert event_time:UTC event_control:map8
    event_data:octstr
<01 PublishEventLog total_number_of_events:uint16 command_index:uint8 total_commands:uint8
    log_payload_control:map8
    events*(log_id:uint8:@log event_id:uint16:names:alert event_time:UTC event_data:octstr)
<02 ClearEventLogResponse cleared_events_logs:map8
""",
)
