"""The ASN.1 types of GBCS payloads and of certificates, as octets that `asn1` reads when needed.

A line is a type: its name, its base, then

    INTEGER, ENUMERATED    number=name,... (an ENUMERATED admits no other number)
    BITS                   bit=name,... (a named bit list: no 0 at its end)
    OCTETS                 the size, or 0 for any; what people read it as
    SEQUENCE, CHOICE       field:type ..., `?` after an optional one, `=0` where 0 is the default
    OPEN                   identifier=field:type ..., what stands where the identifier says so
    NAMES                  identifier=field/hint ..., the same where the tag says the type

Before a type, `*` is SEQUENCE OF, `%` SET OF, `[1]` an implicit context tag, `[1]!` an explicit
one; `O@n` an OPEN type inside an OCTET STRING, chosen by the identifier in field n (from 0) of the
structure, `B@n` inside a BIT STRING, `E@n` under the explicit tag [0], `S@n` elements of a SET OF.
protocol/asn1/GbcsPayloads.asn1 says the same of the payloads as an ASN.1 module.

Sources: GBCS section 13 and its alerts; names abridged, layouts hold for the 154 reference
payloads. Certificates: RFC 5280, 2986, 5480, 4108 (hardwareModuleName).
"""

# fmt: off
TYPES = b"""
RemotePartyRole INTEGER 0=root,1=recovery,2=supplier,3=networkOperator,4=accessControlBroker,5=transitionalCoS,6=wanProvider,7=issuingAuthority,8=loadController,127=other
CellUsage INTEGER 0=management,1=prePaymentTopUp
DeviceType INTEGER 0=gSME,1=eSME,2=communicationsHubFunction,3=gasProxyFunction,4=hCALCS,5=pPMID,6=type2
StatusCode ENUMERATED 0=success,5=badCertificate,10=noTrustAnchor,17=insufficientMemory,25=trustAnchorNotFound,30=resourcesBusy,127=other
EntityId OCTETS 8 eui64
UniqueId OCTETS 0 eui64
KeyUsage BITS 0=digitalSignature,1=nonRepudiation,2=keyEncipherment,3=dataEncipherment,4=keyAgreement,5=keyCertSign,6=cRLSign,7=encipherOnly,8=decipherOnly
AlertCode INTEGER names:ALERT
TrustAnchorCellIdentifier SEQUENCE role:RemotePartyRole key_usage:KeyUsage cell_usage:CellUsage=0
DeviceLogEntry SEQUENCE device_id:EntityId device_type:DeviceType
ProvideCredentialDetailsCommand SEQUENCE authorising_cell:TrustAnchorCellIdentifier roles_to_report:*RemotePartyRole
ProvideCredentialDetailsResponse *RolesDetails
RolesDetails SEQUENCE role:RemotePartyRole status:StatusCode current_seq_number:INTEGER? cells:*CellDetails?
CellDetails SEQUENCE key_usage:KeyUsage cell_usage:CellUsage=0 subject_unique_id:UniqueId subject_key_id:OCTETS
UpdateCredentialsCommand SEQUENCE control:AuthorisingControl replacements:*Replacement certification_path:*Certificate execution_date_time:TIME?
AuthorisingControl SEQUENCE mode:ReplacementMode plaintext_symmetric_key:[0]OCTETS? apply_time_based_checks:[1]TimeBasedChecks? authorising_cell:[2]TrustAnchorCellIdentifier? authorising_seq_number:[3]INTEGER new_floor_seq_number:[4]INTEGER? new_specialist_floor_seq_numbers:[5]*SpecialistSeqNumber? other_seq_number_changes:[6]*SeqNumberChange?
TimeBasedChecks INTEGER 0=apply,1=disapply
ReplacementMode INTEGER 0=rootBySupplier,1=rootByWanProvider,2=supplierBySupplier,3=networkOperatorByNetworkOperator,4=accessControlBrokerByACB,5=wanProviderByWanProvider,6=transCoSByTransCoS,7=supplierByTransCoS,8=anyExceptAbnormalRootByRecovery,9=anyByContingency,10=loadControllerByLoadController,11=loadControllerBySupplier
SpecialistSeqNumber SEQUENCE usage:SeqNumberUsage seq_number:INTEGER
SeqNumberUsage INTEGER 0=prepaymentTopUp
SeqNumberChange SEQUENCE role:RemotePartyRole floor:INTEGER specialist_floors:*SpecialistSeqNumber?
Replacement SEQUENCE certificate:Certificate cell:TrustAnchorCellIdentifier
UpdateCredentialsResponse SEQUENCE command_accepted:NULL outcome:UpdateOutcome?
UpdateCredentialsAlert SEQUENCE alert_code:AlertCode execution_date_time:TIME outcome:UpdateOutcome
UpdateOutcome SEQUENCE authorising_seq_number:INTEGER mode:ReplacementMode seq_number_changes:*SeqNumberChange replacements:*ReplacementOutcome
ReplacementOutcome SEQUENCE cell:TrustAnchorCellIdentifier status:StatusCode existing_subject_unique_id:UniqueId existing_subject_key_id:OCTETS replacing_subject_unique_id:UniqueId replacing_subject_key_id:OCTETS
IssueCredentialsCommand SEQUENCE key_usage:KeyUsage
IssueCredentialsResponse CHOICE request:CertificationRequest error:IssueError
IssueError INTEGER 1=invalidKeyUsage,2=keyPairGenerationFailed,3=requestProductionFailed
UpdateDeviceCertificateResponse INTEGER 0=success,1=invalidCertificate,2=wrongDeviceIdentity,3=invalidKeyUsage,4=noCorrespondingKeyPair,5=wrongPublicKey,6=storageFailed,7=privateKeyChangeFailed
ProvideDeviceCertificateCommand SEQUENCE key_usage:KeyUsage
ProvideDeviceCertificateResponse CHOICE certificate:Certificate error:ProvideError
ProvideError INTEGER 1=invalidKeyUsage,2=noCertificateHeld,3=retrievalFailure
JoinDeviceCommand SEQUENCE method:JoinMethod other_device_id:EntityId other_device_type:DeviceType other_device_certificate:Certificate?
JoinMethod INTEGER 0=aInitiator,1=aResponder,2=b,3=c
JoinDeviceResponse INTEGER 0=success,1=wrongMessageCodeForMethod,2=invalidMethod,3=incompatibleWithExistingEntry,4=deviceLogFull,5=writeFailure,6=keyAgreementNoResources,7=keyAgreementUnknownIssuer,8=keyAgreementUnsupportedSuite,9=keyAgreementBadMessage,10=keyAgreementBadKeyConfirm,11=invalidOrMissingCertificate,12=noPartnerLinkKeyReceived,13=noCBKEResponse
UnjoinDeviceCommand OCTETS 8 eui64
UnjoinDeviceResponse INTEGER 0=success,1=notInDeviceLog,2=otherFailure
DisconnectFromHanCommand NULL
DisconnectFromHanResponse INTEGER 0=success,1=notJoined,2=otherFailure
ReadJoinDetailsCommand NULL
ReadJoinDetailsResponse SEQUENCE result:ReadJoinResult entries:*DeviceLogEntry?
ReadJoinResult INTEGER 0=success,1=readFailure
ActivateFirmwareCommand SEQUENCE manufacturer_image_hash:Hash originator_counter:INTEGER execution_date_time:TIME?
Hash OCTETS 32
ActivateFirmwareResponse CHOICE command_accepted:NULL outcome:ActivateOutcome
ActivateFirmwareAlert SEQUENCE alert_code:AlertCode execution_date_time:TIME originator_counter:INTEGER outcome:ActivateOutcome
ActivateOutcome SEQUENCE result:ActivateResult firmware_version:OCTETS
ActivateResult INTEGER 0=success,1=noImageHeld,2=hashMismatch,3=activationFailure
ReadFirmwareVersionCommand NULL
ReadFirmwareVersionResponse SEQUENCE firmware_version:OCTETS result:Result
Result INTEGER 0=success,1=failure
FirmwareActivationAlert SEQUENCE alert_code:AlertCode date_time:TIME firmware_version:OCTETS result:Result
FirmwareTransferAlert SEQUENCE alert_code:AlertCode date_time:TIME device_id:EntityId firmware_version:OCTETS result:TransferResult
TransferResult INTEGER 0=success,1=imageDiscarded,2=hardwareVersionMismatch,3=transferFailure
SetTimeCommand SEQUENCE validity_interval_start:TIME validity_interval_end:TIME
SetTimeResponse SEQUENCE device_time:TIME status:TimeStatus
TimeStatus INTEGER 0=reliable,1=invalid,2=unreliable
RestoreGpfLogCommand SEQUENCE entries:*DeviceLogEntry
RestoreGpfLogResponse SEQUENCE outcomes:*RestoreOutcome
RestoreOutcome SEQUENCE entry:DeviceLogEntry result:JoinDeviceResponse
BackupGpfLogAlert SEQUENCE alert_code:AlertCode backup_date_time:TIME entries:*DeviceLogEntry
CertificateBody SEQUENCE tbs_certificate:TbsCertificate signature_algorithm:Algorithm signature_value:B@1Signature
TbsCertificate SEQUENCE version:[0]!Version=0 serial_number:INTEGER signature:Algorithm issuer:*RelativeName validity:Validity subject:*RelativeName subject_public_key_info:PublicKeyInfo issuer_unique_id:[1]BITS? subject_unique_id:[2]BITS? extensions:[3]!*Extension?
Version INTEGER 0=v1,1=v2,2=v3
Algorithm SEQUENCE algorithm:OID parameters:ANY?
RelativeName %Attribute
Attribute SEQUENCE attribute_type:OID value:ANY@AttributeNames
AttributeNames NAMES 2.5.4.3=common_name 2.5.4.5=serial_number 2.5.4.6=country_name 2.5.4.7=locality_name 2.5.4.8=state_or_province_name 2.5.4.10=organization_name 2.5.4.11=organizational_unit_name 2.5.4.45=unique_identifier/eui64
Validity SEQUENCE not_before:Time not_after:Time
Time CHOICE utc:UTC general:TIME
PublicKeyInfo SEQUENCE algorithm:Algorithm subject_public_key:BITS
Signature OPEN 1.2.840.10045.4.3.2=ecdsa_sig_value:EcdsaSigValue
EcdsaSigValue SEQUENCE r:INTEGER s:INTEGER
Extension SEQUENCE extn_id:OID critical:BOOLEAN=0 extn_value:O@0Extensions
Extensions OPEN 2.5.29.14=subject_key_identifier:OCTETS 2.5.29.15=key_usage:KeyUsage 2.5.29.17=subject_alt_name:*GeneralName 2.5.29.19=basic_constraints:BasicConstraints 2.5.29.32=certificate_policies:*PolicyInformation 2.5.29.35=authority_key_identifier:AuthorityKeyIdentifier
BasicConstraints SEQUENCE ca:BOOLEAN=0 path_len_constraint:INTEGER?
PolicyInformation SEQUENCE policy_identifier:OID policy_qualifiers:*ANY?
AuthorityKeyIdentifier SEQUENCE key_identifier:[0]OCTETS? authority_cert_issuer:[1]*GeneralName? authority_cert_serial_number:[2]INTEGER?
GeneralName CHOICE other_name:[0]OtherName rfc822_name:[1]IA5 dns_name:[2]IA5 x400_address:[3]*ANY directory_name:[4]!*RelativeName edi_party_name:[5]*ANY uniform_resource_identifier:[6]IA5 ip_address:[7]OCTETS registered_id:[8]OID
OtherName SEQUENCE type_id:OID value:E@0OtherNames
OtherNames OPEN 1.3.6.1.5.5.7.8.4=hardware_module_name:HardwareModuleName
HardwareModuleName SEQUENCE hw_type:OID hw_serial_num:UniqueId
CertificationRequest SEQUENCE certification_request_info:RequestInfo signature_algorithm:Algorithm signature:B@1Signature
RequestInfo SEQUENCE version:Version subject:*RelativeName subject_public_key_info:PublicKeyInfo attributes:[0]%RequestAttribute
RequestAttribute SEQUENCE attribute_type:OID values:S@0RequestAttributes
RequestAttributes OPEN 1.2.840.113549.1.9.14=extension_request:*Extension
"""  # noqa: E501

OIDS = "enum:1.2.840.10045.2.1=ecPublicKey,1.2.840.10045.3.1.7=prime256v1,1.2.840.10045.4.3.2=ecdsa-with-SHA256,2.5.4.3=commonName,2.5.4.5=serialNumber,2.5.4.6=countryName,2.5.4.7=localityName,2.5.4.8=stateOrProvinceName,2.5.4.10=organizationName,2.5.4.11=organizationalUnitName,2.5.4.45=x500UniqueIdentifier,2.5.29.14=subjectKeyIdentifier,2.5.29.15=keyUsage,2.5.29.17=subjectAltName,2.5.29.19=basicConstraints,2.5.29.32=certificatePolicies,2.5.29.35=authorityKeyIdentifier,1.3.6.1.5.5.7.8.4=hardwareModuleName,1.2.840.113549.1.9.14=extensionRequest"  # noqa: E501

# message code, types of the command, the response, the alert
PAYLOADS = (
    (0x0008, "ProvideCredentialDetailsCommand", "ProvideCredentialDetailsResponse", None),
    (0x000A, "IssueCredentialsCommand", "IssueCredentialsResponse", None),
    (0x000B, "Certificate", "UpdateDeviceCertificateResponse", None),
    (0x000C, "ProvideDeviceCertificateCommand", "ProvideDeviceCertificateResponse", None),
    (0x000D, "JoinDeviceCommand", "JoinDeviceResponse", None),
    (0x000E, "JoinDeviceCommand", "JoinDeviceResponse", None),
    (0x000F, "UnjoinDeviceCommand", "UnjoinDeviceResponse", None),
    (0x0010, "UnjoinDeviceCommand", "UnjoinDeviceResponse", None),
    (0x0012, "ActivateFirmwareCommand", "ActivateFirmwareResponse", None),
    (0x0013, "ReadJoinDetailsCommand", "ReadJoinDetailsResponse", None),
    (0x007F, "SetTimeCommand", "SetTimeResponse", None),
    (0x008C, "RestoreGpfLogCommand", "RestoreGpfLogResponse", None),
    (0x00AB, "JoinDeviceCommand", "JoinDeviceResponse", None),
    (0x00AF, "JoinDeviceCommand", "JoinDeviceResponse", None),
    (0x00B2, None, None, "BackupGpfLogAlert"),
    (0x00CA, None, None, "ActivateFirmwareAlert"),
    (0x00CB, None, None, "UpdateCredentialsAlert"),
    (0x0100, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0101, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0102, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0103, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0104, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0105, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0106, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0107, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0108, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0109, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x011B, "ProvideCredentialDetailsCommand", "ProvideCredentialDetailsResponse", None),
    (0x0124, None, None, "UpdateCredentialsAlert"),
    (0x0125, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0126, "UpdateCredentialsCommand", "UpdateCredentialsResponse", None),
    (0x0128, None, None, "FirmwareTransferAlert"),
    (0x0129, "ReadFirmwareVersionCommand", "ReadFirmwareVersionResponse", None),
    (0x012B, None, None, "FirmwareActivationAlert"),
)
# fmt: on
