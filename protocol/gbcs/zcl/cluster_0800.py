"""Cluster 0800, KeyEstablishment; read by `clusters`. Source: SE 1.4, annex D."""

ATTRIBUTES = (
    """
0000 KeyEstablishmentSuite enum16
~0000 KeyEstablishmentSuite enum16
""",
)

COMMANDS = (
    """
>00 InitiateKeyEstablishmentRequest key_establishment_suite:map16
    ephemeral_data_generate_time:uint8:unit:s confirm_key_generate_time:uint8:unit:s
    identity:octets
>01 EphemeralDataRequest ephemeral_data:octets
>02 ConfirmKeyDataRequest secure_message_authentication_code:octets
>03 TerminateKeyEstablishment status:enum8:@terminate wait_time:uint8:unit:s
    key_establishment_suite:map16
<00 InitiateKeyEstablishmentResponse key_establishment_suite:map16
    ephemeral_data_generate_time:uint8:unit:s confirm_key_generate_time:uint8:unit:s
    identity:octets
<01 EphemeralDataResponse ephemeral_data:octets
<02 ConfirmKeyDataResponse secure_message_authentication_code:octets
<03 TerminateKeyEstablishment status:enum8:@terminate wait_time:uint8:unit:s
    key_establishment_suite:map16
""",
)
