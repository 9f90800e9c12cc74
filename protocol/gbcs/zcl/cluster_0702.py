"""Cluster 0702, Metering; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
0000 CurrentSummationDelivered uint48
0001 CurrentSummationReceived uint48
0002 CurrentMaxDemandDelivered uint48
0003 CurrentMaxDemandReceived uint48
0004 DFTSummation uint48
0005 DailyFreezeTime uint16
0006 PowerFactor int8
0007 ReadingSnapShotTime UTC
0008 CurrentMaxDemandDeliveredTime UTC
0009 CurrentMaxDemandReceivedTime UTC
000A DefaultUpdatePeriod uint8 unit:s
000B FastPollUpdatePeriod uint8 unit:s
000C CurrentBlockPeriodConsumptionDelivered uint48
000D DailyConsumptionTarget uint24
000E CurrentBlock enum8
000F ProfileIntervalPeriod enum8
0011 PresetReadingTime uint16
0012 SummationDeliveredPerReport uint16
0013 FlowRestriction uint8
0014 SupplyStatus enum8 @supply
0015 CurrentInletEnergyCarrierSummation uint48
0016 CurrentOutletEnergyCarrierSummation uint48
""",
    """
0017 InletTemperature int24
0018 OutletTemperature int24
0019 ControlTemperature int24
001A CurrentInletEnergyCarrierDemand int24
001B CurrentOutletEnergyCarrierDemand int24
001C PreviousBlockPeriodConsumptionDelivered uint48
001D CurrentBlockPeriodConsumptionReceived uint48
001E CurrentBlockReceived enum8
001F DFTSummationReceived uint48
0020 ActiveRegisterTierDelivered enum8
0021 ActiveRegisterTierReceived enum8
0022 LastBlockSwitchTime UTC
*0100/2x48 CurrentTier{1}SummationDelivered uint48
*0101/2x48 CurrentTier{1}SummationReceived uint48
0200 Status map8
0201 RemainingBatteryLife uint8 unit:%
0202 HoursInOperation uint24 unit:h
0203 HoursInFault uint24 unit:h
0204 ExtendedStatus map64
0205 RemainingBatteryLifeInDays uint16 unit:days
0206 CurrentMeterID octstr
""",
    """
0207 AmbientConsumptionIndicator enum8 enum:0=low,1=medium,2=high
0300 UnitOfMeasure enum8 @measure
0301 Multiplier uint24
0302 Divisor uint24
0303 SummationFormatting map8
0304 DemandFormatting map8
0305 HistoricalConsumptionFormatting map8
0306 MeteringDeviceType map8 enum:0=electric,1=gas,2=water,127=mirrored_electric,128=mirrored_gas
0307 SiteID octstr text
0308 MeterSerialNumber octstr text
0309 EnergyCarrierUnitOfMeasure enum8 @measure
030A EnergyCarrierSummationFormatting map8
030B EnergyCarrierDemandFormatting map8
030C TemperatureUnitOfMeasure enum8
030D TemperatureFormatting map8
030E ModuleSerialNumber octstr text
030F OperatingTariffLabelDelivered octstr text
0310 OperatingTariffLabelReceived octstr text
0311 CustomerIDNumber octstr text
""",
    """
0312 AlternativeUnitOfMeasure enum8 @measure
0313 AlternativeDemandFormatting map8
0314 AlternativeConsumptionFormatting map8
0400 InstantaneousDemand int24
0401 CurrentDayConsumptionDelivered uint24
0402 CurrentDayConsumptionReceived uint24
0403 PreviousDayConsumptionDelivered uint24
0404 PreviousDayConsumptionReceived uint24
0405 CurrentPartialProfileIntervalStartTimeDelivered UTC
0406 CurrentPartialProfileIntervalStartTimeReceived UTC
0407 CurrentPartialProfileIntervalValueDelivered uint24
0408 CurrentPartialProfileIntervalValueReceived uint24
0409 CurrentDayMaxPressure uint48
040A CurrentDayMinPressure uint48
040B PreviousDayMaxPressure uint48
040C PreviousDayMinPressure uint48
040D CurrentDayMaxDemand int24
040E PreviousDayMaxDemand int24
040F CurrentMonthMaxDemand int24
""",
    """
0410 CurrentYearMaxDemand int24
0411 CurrentDayMaxEnergyCarrierDemand int24
0412 PreviousDayMaxEnergyCarrierDemand int24
0413 CurrentMonthMaxEnergyCarrierDemand int24
0414 CurrentMonthMinEnergyCarrierDemand int24
0415 CurrentYearMaxEnergyCarrierDemand int24
0416 CurrentYearMinEnergyCarrierDemand int24
*0420/2x7 PreviousDay{2}ConsumptionDelivered uint24
*0421/2x7 PreviousDay{2}ConsumptionReceived uint24
0430 CurrentWeekConsumptionDelivered uint24
0431 CurrentWeekConsumptionReceived uint24
0432 PreviousWeekConsumptionDelivered uint24
0433 PreviousWeekConsumptionReceived uint24
*0434/2x4 PreviousWeek{2}ConsumptionDelivered uint24
*0435/2x4 PreviousWeek{2}ConsumptionReceived uint24
0440 CurrentMonthConsumptionDelivered uint32
0441 CurrentMonthConsumptionReceived uint32
""",
    """
0442 PreviousMonthConsumptionDelivered uint32
0443 PreviousMonthConsumptionReceived uint32
*0444/2x12 PreviousMonth{2}ConsumptionDelivered uint32
*0445/2x12 PreviousMonth{2}ConsumptionReceived uint32
045C HistoricalFreezeTime uint16
0500 MaxNumberOfPeriodsDelivered uint8
0600 CurrentDemandDelivered uint24
0601 DemandLimit uint24
0602 DemandIntegrationPeriod uint8 unit:min
0603 NumberOfDemandSubintervals uint8
0604 DemandLimitArmDuration uint16 unit:s
0605 LoadLimitSupplyState enum8 @control
0606 LoadLimitCounter uint8
0607 SupplyTamperState enum8 @control
0608 SupplyDepletionState enum8 @control
0609 SupplyUncontrolledFlowState enum8 @control
*0700/1x16 CurrentNoTierBlock{1}SummationDelivered uint48
*0710/16x15/1x16 CurrentTier{1}Block{1}SummationDelivered uint48
""",
    """
0800 GenericAlarmMask map16
0801 ElectricityAlarmMask map32
0802 GenericFlowPressureAlarmMask map16
0803 WaterSpecificAlarmMask map16
0804 HeatAndCoolingSpecificAlarmMask map16
0805 GasSpecificAlarmMask map16
0806 ExtendedGenericAlarmMask map48
0807 ManufacturerAlarmMask map16
*0900/1x16 CurrentNoTierBlock{1}SummationReceived uint48
*0910/16x15/1x16 CurrentTier{1}Block{1}SummationReceived uint48
0A00 BillToDateDelivered uint32
0A01 BillToDateTimeStampDelivered UTC
0A02 ProjectedBillDelivered uint32
0A03 ProjectedBillTimeStampDelivered UTC
0A04 BillDeliveredTrailingDigit map8
0A10 BillToDateReceived uint32
0A11 BillToDateTimeStampReceived UTC
0A12 ProjectedBillReceived uint32
0A13 ProjectedBillTimeStampReceived UTC
0A14 BillReceivedTrailingDigit map8
""",
    """
0B00 ProposedChangeSupplyImplementationTime UTC
0B01 ProposedChangeSupplyStatus enum8 @supply
0B10 UncontrolledFlowThreshold uint16
0B11 UncontrolledFlowThresholdUnitOfMeasure enum8 @measure
0B12 UncontrolledFlowMultiplier uint16
0B13 UncontrolledFlowDivisor uint16
0B14 FlowStabilisationPeriod uint8 unit:x_0.1_s
0B15 FlowMeasurementPeriod uint16 unit:s
0C01 CurrentDayAlternativeConsumptionDelivered uint24
0C02 CurrentDayAlternativeConsumptionReceived uint24
0C03 PreviousDayAlternativeConsumptionDelivered uint24
0C04 PreviousDayAlternativeConsumptionReceived uint24
*0C20/2x7 PreviousDay{2}AlternativeConsumptionDelivered uint24
*0C21/2x7 PreviousDay{2}AlternativeConsumptionReceived uint24
0C30 CurrentWeekAlternativeConsumptionDelivered uint24
""",
    """
0C31 CurrentWeekAlternativeConsumptionReceived uint24
0C32 PreviousWeekAlternativeConsumptionDelivered uint24
0C33 PreviousWeekAlternativeConsumptionReceived uint24
*0C34/2x4 PreviousWeek{2}AlternativeConsumptionDelivered uint24
*0C35/2x4 PreviousWeek{2}AlternativeConsumptionReceived uint24
0C40 CurrentMonthAlternativeConsumptionDelivered uint32
0C41 CurrentMonthAlternativeConsumptionReceived uint32
0C42 PreviousMonthAlternativeConsumptionDelivered uint32
0C43 PreviousMonthAlternativeConsumptionReceived uint32
*0C44/2x12 PreviousMonth{2}AlternativeConsumptionDelivered uint32
*0C45/2x12 PreviousMonth{2}AlternativeConsumptionReceived uint32
~0000 FunctionalNotificationFlags map32
*~0001/1x7 NotificationFlags{2} map32
""",
)

COMMANDS = (
    """
>00 GetProfile interval_channel:enum8 end_time:UTC number_of_periods:uint8
>01 RequestMirrorResponse endpoint_id:uint16
>02 MirrorRemoved removed_endpoint_id:uint16
>03 RequestFastPollMode fast_poll_update_period:uint8:unit:s duration:uint8:unit:min
>04 ScheduleSnapshot issuer_event_id:uint32 command_index:uint8 total_number_of_commands:uint8
    schedules*(snapshot_schedule_id:uint8 snapshot_start_time:UTC snapshot_schedule:map24
    snapshot_payload_type:enum8:@snapshot snapshot_cause:map32)
>05 TakeSnapshot snapshot_cause:map32
>06 GetSnapshot earliest_start_time:UTC latest_end_time:UTC snapshot_offset:uint8
    snapshot_cause:map32
""",
    """
>07 StartSampling issuer_event_id:uint32 start_sampling_time:UTC sample_type:enum8:@sample
    sample_request_interval:uint16:unit:s max_number_of_samples:uint16
>08 GetSampledData sample_id:uint16 earliest_sample_time:UTC sample_type:enum8:@sample
    number_of_samples:uint16
>09 MirrorReportAttributeResponse notification_scheme:uint8 notification_flags:map32*
>0A ResetLoadLimitCounter provider_id:uint32 issuer_event_id:uint32
>0B ChangeSupply provider_id:uint32 issuer_event_id:uint32 request_date_time:UTC
    implementation_date_time:UTC proposed_supply_status:enum8:@supply supply_control_bits:map8
>0C LocalChangeSupply proposed_supply_status:enum8:@supply
""",
    """
>0D SetSupplyStatus issuer_event_id:uint32 supply_tamper_state:enum8:@control
    supply_depletion_state:enum8:@control supply_uncontrolled_flow_state:enum8:@control
    load_limit_supply_state:enum8:@control
>0E SetUncontrolledFlowThreshold provider_id:uint32 issuer_event_id:uint32
    uncontrolled_flow_threshold:uint16 unit_of_measure:enum8:@measure multiplier:uint16
    divisor:uint16 stabilisation_period:uint8:unit:x_0.1_s measurement_period:uint16:unit:s
<00 GetProfileResponse end_time:UTC status:enum8 profile_interval_period:enum8
    number_of_periods_delivered:uint8 intervals:uint24*number_of_periods_delivered
<01 RequestMirror
<02 RemoveMirror
<03 RequestFastPollModeResponse applied_update_period:uint8:unit:s fast_poll_mode_end_time:UTC
""",
    """
<04 ScheduleSnapshotResponse issuer_event_id:uint32
    responses*(snapshot_schedule_id:uint8 snapshot_schedule_confirmation:uint8)
<05 TakeSnapshotResponse snapshot_id:uint32 snapshot_confirmation:uint8
""",
    """
<06 PublishSnapshot snapshot_id:uint32 snapshot_time:UTC total_snapshots_found:uint8
    command_index:uint8 total_number_of_commands:uint8 snapshot_cause:map32
    snapshot_payload_type:enum8:@snapshot
    ?snapshot_payload_type=0,2,4,6(current_summation_delivered:uint48)
    ?snapshot_payload_type=1,3,5,7(current_summation_received:uint48)
    ?snapshot_payload_type=0,2(bill_to_date_delivered:uint32
    bill_to_date_time_stamp_delivered:UTC projected_bill_delivered:uint32
    projected_bill_time_stamp_delivered:UTC bill_delivered_trailing_digit:map8)
    ?snapshot_payload_type=1,3(bill_to_date_received:uint32
    bill_to_date_time_stamp_received:UTC projected_bill_received:uint32
    projected_bill_time_stamp_received:UTC bill_received_trailing_digit:map8)
    ?snapshot_payload_type=0,1,2,3,4,5,6,7(number_of_tiers_in_use:uint8
    tier_summation:uint48*number_of_tiers_in_use)
    ?snapshot_payload_type=2,3,6,7(number_of_tiers_and_block_thresholds_in_use:map8
    tier_block_summation:uint48*)
""",
    """
<07 GetSampledDataResponse sample_id:uint16 sample_start_time:UTC sample_type:enum8:@sample
    sample_request_interval:uint16:unit:s number_of_samples:uint16
    samples:uint24*number_of_samples
<08 ConfigureMirror issuer_event_id:uint32 reporting_interval:uint24:unit:s
    mirror_notification_reporting:bool notification_scheme:uint8
<09 ConfigureNotificationScheme issuer_event_id:uint32 notification_scheme:uint8
    notification_flag_order:map32
<0A ConfigureNotificationFlags issuer_event_id:uint32 notification_scheme:uint8
    notification_flag_attribute_id:attribId cluster_id:clusterId manufacturer_code:uint16
    number_of_commands:uint8 command_ids:uint8*number_of_commands
""",
    """
<0B GetNotifiedMessage notification_scheme:uint8 notification_flag_attribute_id:attribId
    notification_flags:map32
<0C SupplyStatusResponse provider_id:uint32 issuer_event_id:uint32 implementation_date_time:UTC
    supply_status:enum8:@supply
<0D StartSamplingResponse sample_id:uint16
""",
)
