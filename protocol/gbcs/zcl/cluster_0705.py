"""Cluster 0705, Prepayment; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
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
""",
    """
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
""",
    """
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
""",
    """
*0545/2x12 PreviousMonth{2}CostConsumptionReceived uint48
055C HistoricalFreezeTime uint16
""",
)

COMMANDS = (
    """
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
""",
    """
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
""",
    """
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
""",
    """
<05 PublishTopUpLog command_index:uint8 total_number_of_commands:uint8
    top_ups*(top_up_code:octstr:text top_up_amount:int32 top_up_time:UTC)
<06 PublishDebtLog command_index:uint8 total_number_of_commands:uint8
    debts*(collection_time:UTC amount_collected:uint32 debt_type:enum8:@debts
    outstanding_debt:uint32)
""",
)
