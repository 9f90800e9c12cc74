"""Cluster 0707, Calendar; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
*0000/1x4 AuxSwitch{1}Label octstr text
""",
)

COMMANDS = (
    """
>00 GetCalendar earliest_start_time:UTC min_issuer_event_id:uint32 number_of_calendars:uint8
    calendar_type:enum8:@calendar provider_id:uint32
>01 GetDayProfiles provider_id:uint32 issuer_calendar_id:uint32 start_day_id:uint8
    number_of_days:uint8
>02 GetWeekProfiles provider_id:uint32 issuer_calendar_id:uint32 start_week_id:uint8
    number_of_weeks:uint8
>03 GetSeasons provider_id:uint32 issuer_calendar_id:uint32
>04 GetSpecialDays start_time:UTC number_of_events:uint8 calendar_type:enum8:@calendar
    provider_id:uint32 issuer_calendar_id:uint32
>05 GetCalendarCancellation
""",
    """
<00 PublishCalendar provider_id:uint32 issuer_event_id:uint32 issuer_calendar_id:uint32
    start_time:UTC calendar_type:enum8:@calendar calendar_time_reference:uint8
    calendar_name:octstr:text number_of_seasons:uint8 number_of_week_profiles:uint8
    number_of_day_profiles:uint8
""",
    """
<01 PublishDayProfile provider_id:uint32 issuer_event_id:uint32 issuer_calendar_id:uint32
    day_id:uint8 total_number_of_schedule_entries:uint8 command_index:uint8
    total_number_of_commands:uint8 calendar_type:enum8:@calendar
    ?calendar_type=0,1,2(day_schedule_entries*(start_time:uint16:unit:min price_tier:enum8))
    ?calendar_type=3(day_schedule_entries*(start_time:uint16:unit:min
    friendly_credit_enable:bool))
    ?calendar_type=4(day_schedule_entries*(start_time:uint16:unit:min
    auxiliary_load_switch_state:map8))
""",
    """
<02 PublishWeekProfile provider_id:uint32 issuer_event_id:uint32 issuer_calendar_id:uint32
    week_id:uint8 day_id_ref_monday:uint8 day_id_ref_tuesday:uint8 day_id_ref_wednesday:uint8
    day_id_ref_thursday:uint8 day_id_ref_friday:uint8 day_id_ref_saturday:uint8
    day_id_ref_sunday:uint8
<03 PublishSeasons provider_id:uint32 issuer_event_id:uint32 issuer_calendar_id:uint32
    command_index:uint8 total_number_of_commands:uint8
    season_entries*(season_start_date:date week_id_ref:uint8)
<04 PublishSpecialDays provider_id:uint32 issuer_event_id:uint32 issuer_calendar_id:uint32
    start_time:UTC calendar_type:enum8:@calendar total_number_of_special_days:uint8
    command_index:uint8 total_number_of_commands:uint8
    special_day_entries*(special_day_date:date day_id_ref:uint8)
""",
    """
<05 CancelCalendar provider_id:uint32 issuer_calendar_id:uint32 calendar_type:enum8:@calendar
""",
)
