"""The clusters that GBZ payloads use, as text: attributes and commands. `gbcs.clusters` reads it.

How a line reads is said there. Names and types are those of the ZCL (07-5123) and of the Smart
Energy standard (07-5356, 1.4), in its annex D; types of attributes are also those seen in the
reference messages, which differ from the standard's in none.
"""

C0000 = """Basic
0000 ZCLVersion uint8
0001 ApplicationVersion uint8
0002 StackVersion uint8
0003 HWVersion uint8
0004 ManufacturerName string text
0005 ModelIdentifier string text
0006 DateCode string text
0007 PowerSource enum8 enum:0=unknown,1=mains,2=three-phase_mains,3=battery,4=DC_source
0010 LocationDescription string text
0011 PhysicalEnvironment enum8
0012 DeviceEnabled bool
0013 AlarmMask map8
0014 DisableLocalConfig map8
4000 SWBuildID string text
>00 ResetToFactoryDefaults
"""

C0700 = """Price
*0000/1x48 Tier{1}PriceLabel octstr text
*0100/1x15 Block{1}Threshold uint48
010F BlockThresholdCount uint8
*0110/16x15/1x15 Tier{1}Block{1}Threshold uint48
*011F/16x15 Tier{1}BlockThresholdCount uint8
0200 StartOfBlockPeriod UTC
0201 BlockPeriodDuration uint24
0202 ThresholdMultiplier uint24
0203 ThresholdDivisor uint24
0204 BlockPeriodDurationType map8
0300 CommodityType enum8 @commodity
0301 StandingCharge uint32
0302 ConversionFactor uint32
0303 ConversionFactorTrailingDigit map8
0304 CalorificValue uint32
0305 CalorificValueUnit enum8 @calorific
0306 CalorificValueTrailingDigit map8
*0400/1x16 NoTierBlock{1}Price uint32
*0410/16x15/1x16 Tier{1}Block{1}Price uint32
*050F/1x33 PriceTier{16} uint32
*05FE/1x2 CPP{1}Price uint32
0610 TariffLabel octstr text
0611 NumberOfPriceTiersInUse uint8
0612 NumberOfBlockThresholdsInUse uint8
0613 TierBlockMode enum8
0615 UnitOfMeasure enum8 @measure
0616 Currency uint16 @currency
0617 PriceTrailingDigit map8
0619 TariffResolutionPeriod enum8 enum:0=not_defined,1=block_period,2=one_day
0620 CO2 uint32
0621 CO2Unit enum8
0622 CO2TrailingDigit map8
0700 CurrentBillingPeriodStart UTC
0701 CurrentBillingPeriodDuration uint24
0702 LastBillingPeriodStart UTC
0703 LastBillingPeriodDuration uint24
0704 LastBillingPeriodConsolidatedBill uint32
0800 CreditPaymentDueDate UTC
0801 CreditPaymentStatus enum8
0802 CreditPaymentOverDueAmount int32
080A PaymentDiscount int32
080B PaymentDiscountPeriod enum8
*0810/16x5 CreditPayment#{1} int32
*0811/16x5 CreditPaymentDate#{1} UTC
*0812/16x5 CreditPaymentRef#{1} octstr text
*8000/1x48 ReceivedTier{1}PriceLabel octstr text
*8100/1x15 ReceivedBlock{1}Threshold uint48
8200 ReceivedStartOfBlockPeriod UTC
8201 ReceivedBlockPeriodDuration uint24
8202 ReceivedThresholdMultiplier uint24
8203 ReceivedThresholdDivisor uint24
*8400/1x16 RxNoTierBlock{1}Price uint32
*8410/16x15/1x16 RxTier{1}Block{1}Price uint32
*850F/1x33 ReceivedPriceTier{16} uint32
8610 ReceivedTariffLabel octstr text
8611 ReceivedNumberOfPriceTiersInUse uint8
8612 ReceivedNumberOfBlockThresholdsInUse uint8
8613 ReceivedTierBlockMode enum8
8615 ReceivedTariffResolutionPeriod enum8
8625 ReceivedCO2 uint32
8626 ReceivedCO2Unit enum8
8627 ReceivedCO2TrailingDigit map8
8700 ReceivedCurrentBillingPeriodStart UTC
8701 ReceivedCurrentBillingPeriodDuration uint24
8702 ReceivedLastBillingPeriodStart UTC
8703 ReceivedLastBillingPeriodDuration uint24
8704 ReceivedLastBillingPeriodConsolidatedBill uint32
~0000 PriceIncreaseRandomizeMinutes uint8 unit:min
~0001 PriceDecreaseRandomizeMinutes uint8 unit:min
~0002 CommodityType enum8 @commodity
>00 GetCurrentPrice command_options:map8
>01 GetScheduledPrices start_time:UTC number_of_events:uint8
>02 PriceAcknowledgement provider_id:uint32 issuer_event_id:uint32 price_ack_time:UTC
    control:map8
>03 GetBlockPeriods start_time:UTC number_of_events:uint8 ?(tariff_type:map8)
>04 GetConversionFactor earliest_start_time:UTC min_issuer_event_id:uint32
    number_of_commands:uint8
>05 GetCalorificValue earliest_start_time:UTC min_issuer_event_id:uint32 number_of_commands:uint8
>06 GetTariffInformation earliest_start_time:UTC min_issuer_event_id:uint32
    number_of_commands:uint8 tariff_type:map8
>07 GetPriceMatrix issuer_tariff_id:uint32
>08 GetBlockThresholds issuer_tariff_id:uint32
>09 GetCO2Value earliest_start_time:UTC min_issuer_event_id:uint32 number_of_commands:uint8
    ?(tariff_type:map8)
>0A GetTierLabels issuer_tariff_id:uint32
>0B GetBillingPeriod earliest_start_time:UTC min_issuer_event_id:uint32 number_of_commands:uint8
    ?(tariff_type:map8)
>0C GetConsolidatedBill earliest_start_time:UTC min_issuer_event_id:uint32
    number_of_commands:uint8 ?(tariff_type:map8)
>0D CPPEventResponse issuer_event_id:uint32 cpp_auth:enum8
>0E GetCreditPayment latest_end_time:UTC number_of_records:uint8
>0F GetCurrencyConversion
>10 GetTariffCancellation
<00 PublishPrice provider_id:uint32 rate_label:octstr:text issuer_event_id:uint32
    current_time:UTC unit_of_measure:enum8:@measure currency:uint16:@currency
    price_trailing_digit_and_price_tier:map8 number_of_price_tiers_and_register_tier:map8
    start_time:UTC duration_in_minutes:uint16:unit:min price:uint32
    ?(price_ratio:uint8) ?(generation_price:uint32) ?(generation_price_ratio:uint8)
    ?(alternate_cost_delivered:uint32) ?(alternate_cost_unit:enum8)
    ?(alternate_cost_trailing_digit:map8) ?(number_of_block_thresholds:uint8)
    ?(price_control:map8) ?(number_of_generation_tiers:uint8) ?(generation_tier:uint8)
    ?(extended_number_of_price_tiers:uint8) ?(extended_price_tier:uint8)
    ?(extended_register_tier:uint8)
<01 PublishBlockPeriod provider_id:uint32 issuer_event_id:uint32 block_period_start_time:UTC
    block_period_duration:uint24 block_period_control:map8 block_period_duration_type:map8
    tariff_type:map8 tariff_resolution_period:enum8:enum:0=not_defined,1=block_period,2=one_day
<02 PublishConversionFactor issuer_event_id:uint32 start_time:UTC conversion_factor:uint32
    conversion_factor_trailing_digit:map8
<03 PublishCalorificValue issuer_event_id:uint32 start_time:UTC calorific_value:uint32
    calorific_value_unit:enum8:@calorific calorific_value_trailing_digit:map8
<04 PublishTariffInformation provider_id:uint32 issuer_event_id:uint32 issuer_tariff_id:uint32
    start_time:UTC tariff_type_and_charging_scheme:map8 tariff_label:octstr:text
    number_of_price_tiers_in_use:uint8 number_of_block_thresholds_in_use:uint8
    unit_of_measure:enum8:@measure currency:uint16:@currency price_trailing_digit:map8
    standing_charge:uint32 tier_block_mode:uint8 block_threshold_multiplier:uint24
    block_threshold_divisor:uint24
<05 PublishPriceMatrix provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    issuer_tariff_id:uint32 command_index:uint8 total_number_of_commands:uint8
    sub_payload_control:map8 prices*(tier_block_id:uint8 price:uint32)
<06 PublishBlockThresholds provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    issuer_tariff_id:uint32 command_index:uint8 total_number_of_commands:uint8
    sub_payload_control:map8 tiers*(tier_and_number_of_thresholds:map8
    thresholds:uint48*tier_and_number_of_thresholds&15)
<07 PublishCO2Value provider_id:uint32 issuer_event_id:uint32 start_time:UTC tariff_type:map8
    co2_value:uint32 co2_value_unit:enum8 co2_value_trailing_digit:map8
<08 PublishTierLabels provider_id:uint32 issuer_event_id:uint32 issuer_tariff_id:uint32
    command_index:uint8 total_number_of_commands:uint8 number_of_labels:uint8
    labels*number_of_labels(tier_id:uint8 tier_label:octstr:text)
<09 PublishBillingPeriod provider_id:uint32 issuer_event_id:uint32 billing_period_start_time:UTC
    billing_period_duration:uint24 billing_period_duration_type:map8 tariff_type:map8
<0A PublishConsolidatedBill provider_id:uint32 issuer_event_id:uint32
    billing_period_start_time:UTC billing_period_duration:uint24
    billing_period_duration_type:map8 tariff_type:map8 consolidated_bill:uint32
    currency:uint16:@currency bill_trailing_digit:map8
<0B PublishCPPEvent provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    duration_in_minutes:uint16:unit:min tariff_type:map8 cpp_price_tier:enum8 cpp_auth:enum8
<0C PublishCreditPayment provider_id:uint32 issuer_event_id:uint32 credit_payment_due_date:UTC
    credit_payment_overdue_amount:uint32 credit_payment_status:enum8 credit_payment:uint32
    credit_payment_date:UTC credit_payment_ref:octstr:text
<0D PublishCurrencyConversion provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    old_currency:uint16:@currency new_currency:uint16:@currency conversion_factor:uint32
    conversion_factor_trailing_digit:map8 currency_change_control_flags:map32
<0E CancelTariff provider_id:uint32 issuer_tariff_id:uint32 tariff_type:map8
"""

C0702 = """Metering
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
>07 StartSampling issuer_event_id:uint32 start_sampling_time:UTC sample_type:enum8:@sample
    sample_request_interval:uint16:unit:s max_number_of_samples:uint16
>08 GetSampledData sample_id:uint16 earliest_sample_time:UTC sample_type:enum8:@sample
    number_of_samples:uint16
>09 MirrorReportAttributeResponse notification_scheme:uint8 notification_flags:map32*
>0A ResetLoadLimitCounter provider_id:uint32 issuer_event_id:uint32
>0B ChangeSupply provider_id:uint32 issuer_event_id:uint32 request_date_time:UTC
    implementation_date_time:UTC proposed_supply_status:enum8:@supply supply_control_bits:map8
>0C LocalChangeSupply proposed_supply_status:enum8:@supply
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
<04 ScheduleSnapshotResponse issuer_event_id:uint32
    responses*(snapshot_schedule_id:uint8 snapshot_schedule_confirmation:uint8)
<05 TakeSnapshotResponse snapshot_id:uint32 snapshot_confirmation:uint8
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
<0B GetNotifiedMessage notification_scheme:uint8 notification_flag_attribute_id:attribId
    notification_flags:map32
<0C SupplyStatusResponse provider_id:uint32 issuer_event_id:uint32 implementation_date_time:UTC
    supply_status:enum8:@supply
<0D StartSamplingResponse sample_id:uint16
"""

C0703 = """Messaging
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
"""

C0705 = """Prepayment
0000 PaymentControlConfiguration map16
0001 CreditRemaining int32
0002 EmergencyCreditRemaining int32
0003 CreditStatus map8
0004 CreditRemainingTimeStamp UTC
0005 AccumulatedDebt int32
0006 OverallDebtCap int32
0010 EmergencyCreditLimit uint32
0011 EmergencyCreditThreshold uint32
0020 TotalCreditAdded uint48
0021 MaxCreditLimit uint32
0022 MaxCreditPerTopUp uint32
0030 FriendlyCreditWarning uint8 unit:min
0031 LowCreditWarningLevel uint32
0032 IHDLowCreditWarningLevel uint32
0033 InterruptSuspendTime uint8 unit:min
0034 RemainingFriendlyCreditTime uint16 unit:min
0035 NextFriendlyCreditPeriod UTC
0040 CutOffValue int32
0080 TokenCarrierID octstr text
*0100/16x5 TopUpDateTime#{1} UTC
*0101/16x5 TopUpAmount#{1} int32
*0102/16x5 OriginatingDevice#{1} enum8 @device
*0103/16x5 TopUpCode#{1} octstr text
*0210/16x3 DebtLabel#{1} octstr text
*0211/16x3 DebtAmount#{1} uint32
*0212/16x3 DebtRecoveryMethod#{1} enum8 @recovery
*0213/16x3 DebtRecoveryStartTime#{1} UTC
*0214/16x3 DebtRecoveryCollectionTime#{1} uint16 unit:min
*0216/16x3 DebtRecoveryFrequency#{1} enum8 @frequency
*0217/16x3 DebtRecoveryAmount#{1} uint32
*0219/16x3 DebtRecoveryTopUpPercentage#{1} uint16 unit:x_0.01_%
0400 PrepaymentAlarmStatus map16
0401 PrepayGenericAlarmMask map16
0402 PrepaySwitchAlarmMask map16
0403 PrepayEventAlarmMask map16
0500 HistoricalCostConsumptionFormatting map8
0501 ConsumptionUnitOfMeasurement enum8 @measure
0502 CurrencyScalingFactor enum8
0503 Currency uint16 @currency
051C CurrentDayCostConsumptionDelivered uint48
051D CurrentDayCostConsumptionReceived uint48
051E PreviousDayCostConsumptionDelivered uint48
051F PreviousDayCostConsumptionReceived uint48
*0520/2x7 PreviousDay{2}CostConsumptionDelivered uint48
*0521/2x7 PreviousDay{2}CostConsumptionReceived uint48
0530 CurrentWeekCostConsumptionDelivered uint48
0531 CurrentWeekCostConsumptionReceived uint48
0532 PreviousWeekCostConsumptionDelivered uint48
0533 PreviousWeekCostConsumptionReceived uint48
*0534/2x4 PreviousWeek{2}CostConsumptionDelivered uint48
*0535/2x4 PreviousWeek{2}CostConsumptionReceived uint48
0540 CurrentMonthCostConsumptionDelivered uint48
0541 CurrentMonthCostConsumptionReceived uint48
0542 PreviousMonthCostConsumptionDelivered uint48
0543 PreviousMonthCostConsumptionReceived uint48
*0544/2x12 PreviousMonth{2}CostConsumptionDelivered uint48
*0545/2x12 PreviousMonth{2}CostConsumptionReceived uint48
055C HistoricalFreezeTime uint16
>00 SelectAvailableEmergencyCredit command_issue_date_time:UTC originating_device:enum8:@device
>02 ChangeDebt issuer_event_id:uint32 debt_label:octstr:text debt_amount:int32
    debt_recovery_method:enum8:@recovery debt_amount_type:enum8:@debt
    debt_recovery_start_time:UTC debt_recovery_collection_time:uint16:unit:min
    debt_recovery_frequency:enum8:@frequency debt_recovery_amount:int32
    debt_recovery_balance_percentage:uint16:unit:x_0.01_%
>03 EmergencyCreditSetup issuer_event_id:uint32 start_time:UTC emergency_credit_limit:uint32
    emergency_credit_threshold:uint32
>04 ConsumerTopUp originating_device:enum8:@device top_up_code:octstr:text
>05 CreditAdjustment issuer_event_id:uint32 start_time:UTC credit_adjustment_type:enum8:@adjust
    credit_adjustment_value:int32
>06 ChangePaymentMode provider_id:uint32 issuer_event_id:uint32 implementation_date_time:UTC
    proposed_payment_control_configuration:map16 cut_off_value:int32
>07 GetPrepaySnapshot earliest_start_time:UTC latest_end_time:UTC snapshot_offset:uint8
    snapshot_cause:map32
>08 GetTopUpLog latest_end_time:UTC number_of_records:uint8
>09 SetLowCreditWarningLevel low_credit_warning_level:uint32
>0A GetDebtRepaymentLog latest_end_time:UTC number_of_debts:uint8 debt_type:enum8:@debts
>0B SetMaximumCreditLimit provider_id:uint32 issuer_event_id:uint32 implementation_date_time:UTC
    maximum_credit_level:uint32 maximum_credit_per_top_up:uint32
>0C SetOverallDebtCap provider_id:uint32 issuer_event_id:uint32 implementation_date_time:UTC
    overall_debt_cap:int32
<01 PublishPrepaySnapshot snapshot_id:uint32 snapshot_time:UTC total_snapshots_found:uint8
    command_index:uint8 total_number_of_commands:uint8 snapshot_cause:map32
    snapshot_payload_type:enum8:enum:0=debt_and_credit_status,255=not_used
    ?snapshot_payload_type=0(accumulated_debt:int32 type_1_debt_remaining:uint32
    type_2_debt_remaining:uint32 type_3_debt_remaining:uint32 emergency_credit_remaining:int32
    credit_remaining:int32)
<02 ChangePaymentModeResponse friendly_credit:map8 friendly_credit_calendar_id:uint32
    emergency_credit_limit:uint32 emergency_credit_threshold:uint32
<03 ConsumerTopUpResponse result_type:enum8:@topup top_up_value:int32
    source_of_top_up:enum8:@device credit_remaining:int32
<05 PublishTopUpLog command_index:uint8 total_number_of_commands:uint8
    top_ups*(top_up_code:octstr:text top_up_amount:int32 top_up_time:UTC)
<06 PublishDebtLog command_index:uint8 total_number_of_commands:uint8
    debts*(collection_time:UTC amount_collected:uint32 debt_type:enum8:@debts
    outstanding_debt:uint32)
"""

C0707 = """Calendar
*0000/1x4 AuxSwitch{1}Label octstr text
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
<00 PublishCalendar provider_id:uint32 issuer_event_id:uint32 issuer_calendar_id:uint32
    start_time:UTC calendar_type:enum8:@calendar calendar_time_reference:uint8
    calendar_name:octstr:text number_of_seasons:uint8 number_of_week_profiles:uint8
    number_of_day_profiles:uint8
<01 PublishDayProfile provider_id:uint32 issuer_event_id:uint32 issuer_calendar_id:uint32
    day_id:uint8 total_number_of_schedule_entries:uint8 command_index:uint8
    total_number_of_commands:uint8 calendar_type:enum8:@calendar
    ?calendar_type=0,1,2(day_schedule_entries*(start_time:uint16:unit:min price_tier:enum8))
    ?calendar_type=3(day_schedule_entries*(start_time:uint16:unit:min
    friendly_credit_enable:bool))
    ?calendar_type=4(day_schedule_entries*(start_time:uint16:unit:min
    auxiliary_load_switch_state:map8))
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
<05 CancelCalendar provider_id:uint32 issuer_calendar_id:uint32 calendar_type:enum8:@calendar
"""

C0708 = """DeviceManagement
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
0401 MediumHighThreshold uint32
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
<06 UpdateCIN issuer_event_id:uint32 cin_time:UTC provider_id:uint32
    customer_id_number:octstr:text
"""

C0709 = """Events
>00 GetEventLog event_control_and_log_id:map8 event_id:uint16:names:alert start_time:UTC
    end_time:UTC number_of_events:uint8 event_offset:uint16
>01 ClearEventLogRequest log_id:uint8:@log
<00 PublishEvent log_id:uint8:@log event_id:uint16:names:alert event_time:UTC event_control:map8
    event_data:octstr
<01 PublishEventLog total_number_of_events:uint16 command_index:uint8 total_commands:uint8
    log_payload_control:map8
    events*(log_id:uint8:@log event_id:uint16:names:alert event_time:UTC event_data:octstr)
<02 ClearEventLogResponse cleared_events_logs:map8
"""
