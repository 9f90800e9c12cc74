"""Cluster 0703, Messaging; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = ()

COMMANDS = (
    """
>00 GetLastMessage
>01 MessageConfirmation message_id:uint32 confirmation_time:UTC
    ?(message_confirmation_control:map8) ?(message_confirmation_response:octstr:text)
>02 GetMessageCancellation earliest_implementation_time:UTC
<00 DisplayMessage message_id:uint32 message_control:map8 start_time:UTC
    duration_in_minutes:uint16:unit:min message:string:text ?(extended_message_control:map8)
<01 CancelMessage message_id:uint32 message_control:map8
<02 DisplayProtectedMessage message_id:uint32 message_control:map8 start_time:UTC
    duration_in_minutes:uint16:unit:min message:string:text ?(extended_message_control:map8)
<03 CancelAllMessages implementation_date_time:UTC
""",
)
