"""Cluster 0700, Price; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
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
""",
    """
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
""",
    """
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
""",
    """
8703 ReceivedLastBillingPeriodDuration uint24
8704 ReceivedLastBillingPeriodConsolidatedBill uint32
~0000 PriceIncreaseRandomizeMinutes uint8 unit:min
~0001 PriceDecreaseRandomizeMinutes uint8 unit:min
~0002 CommodityType enum8 @commodity
""",
)

COMMANDS = (
    """
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
""",
    """
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
""",
    """
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
""",
    """
<01 PublishBlockPeriod provider_id:uint32 issuer_event_id:uint32 block_period_start_time:UTC
    block_period_duration:uint24 block_period_control:map8 block_period_duration_type:map8
    tariff_type:map8 tariff_resolution_period:enum8:enum:0=not_defined,1=block_period,2=one_day
<02 PublishConversionFactor issuer_event_id:uint32 start_time:UTC conversion_factor:uint32
    conversion_factor_trailing_digit:map8
<03 PublishCalorificValue issuer_event_id:uint32 start_time:UTC calorific_value:uint32
    calorific_value_unit:enum8:@calorific calorific_value_trailing_digit:map8
""",
    """
<04 PublishTariffInformation provider_id:uint32 issuer_event_id:uint32 issuer_tariff_id:uint32
    start_time:UTC tariff_type_and_charging_scheme:map8 tariff_label:octstr:text
    number_of_price_tiers_in_use:uint8 number_of_block_thresholds_in_use:uint8
    unit_of_measure:enum8:@measure currency:uint16:@currency price_trailing_digit:map8
    standing_charge:uint32 tier_block_mode:uint8 block_threshold_multiplier:uint24
    block_threshold_divisor:uint24
<05 PublishPriceMatrix provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    issuer_tariff_id:uint32 command_index:uint8 total_number_of_commands:uint8
    sub_payload_control:map8 prices*(tier_block_id:uint8 price:uint32)
""",
    """
<06 PublishBlockThresholds provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    issuer_tariff_id:uint32 command_index:uint8 total_number_of_commands:uint8
    sub_payload_control:map8 tiers*(tier_and_number_of_thresholds:map8
    thresholds:uint48*tier_and_number_of_thresholds&15)
<07 PublishCO2Value provider_id:uint32 issuer_event_id:uint32 start_time:UTC tariff_type:map8
    co2_value:uint32 co2_value_unit:enum8 co2_value_trailing_digit:map8
<08 PublishTierLabels provider_id:uint32 issuer_event_id:uint32 issuer_tariff_id:uint32
    command_index:uint8 total_number_of_commands:uint8 number_of_labels:uint8
    labels*number_of_labels(tier_id:uint8 tier_label:octstr:text)
""",
    """
<09 PublishBillingPeriod provider_id:uint32 issuer_event_id:uint32 billing_period_start_time:UTC
    billing_period_duration:uint24 billing_period_duration_type:map8 tariff_type:map8
<0A PublishConsolidatedBill provider_id:uint32 issuer_event_id:uint32
    billing_period_start_time:UTC billing_period_duration:uint24
    billing_period_duration_type:map8 tariff_type:map8 consolidated_bill:uint32
    currency:uint16:@currency bill_trailing_digit:map8
<0B PublishCPPEvent provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    duration_in_minutes:uint16:unit:min tariff_type:map8 cpp_price_tier:enum8 cpp_auth:enum8
""",
    """
<0C PublishCreditPayment provider_id:uint32 issuer_event_id:uint32 credit_payment_due_date:UTC
    credit_payment_overdue_amount:uint32 credit_payment_status:enum8 credit_payment:uint32
    credit_payment_date:UTC credit_payment_ref:octstr:text
<0D PublishCurrencyConversion provider_id:uint32 issuer_event_id:uint32 start_time:UTC
    old_currency:uint16:@currency new_currency:uint16:@currency conversion_factor:uint32
    conversion_factor_trailing_digit:map8 currency_change_control_flags:map32
<0E CancelTariff provider_id:uint32 issuer_tariff_id:uint32 tariff_type:map8
""",
)
