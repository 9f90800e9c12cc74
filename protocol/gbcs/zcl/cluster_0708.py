"""Cluster 0708, DeviceManagement; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
0100 ProviderID uint32
0101 ProviderName octstr text
0102 ProviderContactDetails octstr text
0110 ProposedProviderID uint32
0111 ProposedProviderName octstr text
0112 ProposedProviderChangeDateTime UTC
0113 ProposedProviderChangeControl map32
0114 ProposedProviderContactDetails octstr text
0120 ReceivedProviderID uint32
0121 ReceivedProviderName octstr text
0122 ReceivedProviderContactDetails octstr text
0130 ReceivedProposedProviderID uint32
0131 ReceivedProposedProviderName octstr text
0132 ReceivedProposedProviderChangeDateTime UTC
0133 ReceivedProposedProviderChangeControl map32
0134 ReceivedProposedProviderContactDetails octstr text
0200 ChangeOfTenancyUpdateDateTime UTC
0201 ProposedTenancyChangeControl map32
0300 WANStatus enum8
0400 LowMediumThreshold uint32
""",
    """
0401 MediumHighThreshold uint32
""",
)

COMMANDS = (
    """
>00 GetChangeOfTenancy
>01 GetChangeOfSupplier
>02 RequestNewPassword password_type:enum8:@password
>03 GetSiteID
>04 ReportEventConfiguration command_index:uint8 total_commands:uint8
    event_configurations*(event_id:uint16:names:alert event_configuration:map8)
>05 GetCIN
<00 PublishChangeOfTenancy provider_id:uint32 issuer_event_id:uint32 tariff_type:map8
    implementation_date_time:UTC proposed_tenancy_change_control:map32
<01 PublishChangeOfSupplier current_provider_id:uint32 issuer_event_id:uint32 tariff_type:map8
    proposed_provider_id:uint32 provider_change_implementation_time:UTC
    provider_change_control:map32 proposed_provider_name:octstr:text
    proposed_provider_contact_details:octstr:text
""",
    """
<02 RequestNewPasswordResponse issuer_event_id:uint32 implementation_date_time:UTC
    duration_in_minutes:uint16:unit:min password_type:enum8:@password password:octstr
<03 UpdateSiteID issuer_event_id:uint32 site_id_time:UTC provider_id:uint32 site_id:octstr:text
<04 SetEventConfiguration issuer_event_id:uint32 start_date_time:UTC event_configuration:map8
    configuration_control:enum8:enum:0=by_list,1=by_group,2=by_log_type,3=by_configuration_match
    ?configuration_control=0(number_of_events:uint8
    event_ids:uint16*number_of_events:names:alert)
    ?configuration_control=1(event_group_id:uint16)
    ?configuration_control=2(log_id:uint8)
    ?configuration_control=3(configuration_value_match:map8)
<05 GetEventConfiguration event_id:uint16:names:alert
""",
    """
<06 UpdateCIN issuer_event_id:uint32 cin_time:UTC provider_id:uint32
    customer_id_number:octstr:text
""",
)
