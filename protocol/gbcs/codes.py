"""Names for the numbers of the standard: `name("alert", 0x8F12)`.

A table is text, a number in hex and its name a line, read when a name is first asked for.
Sources: GBCS 16.2 (alerts, event logs), 13.3 (roles, device types); DLMS UA 1000-2 (results);
ZCL 2.6.3 (statuses).
"""

_ROLE = """\
0 Root
1 Recovery
2 Supplier
3 Network Operator
4 Access Control Broker
5 Transitional CoS
6 WAN Provider
7 Issuing Authority
8 Load Controller
7F Other
"""
_DEVICE_TYPE = """\
0 GSME
1 ESME
2 Communications Hub Function
3 Gas Proxy Function
4 HCALCS
5 PPMID
6 Type 2
"""
_CHF_DEVICE_TYPE = """\
0 ESME
1 GSME
D HCALCS
80 IHD
82 CAD
84 PPMID
FE GPF
"""  # of the DLMS device log (CCS01), which counts otherwise than ASN.1
_DATA_ACCESS_RESULT = """\
0 success
1 hardware-fault
2 temporary-failure
3 read-write-denied
4 object-undefined
9 object-class-inconsistent
B object-unavailable
C type-unmatched
D scope-of-access-violated
E data-block-unavailable
F long-get-aborted
10 no-long-get-in-progress
11 long-set-aborted
12 no-long-set-in-progress
13 data-block-number-invalid
FA other-reason
"""
_ACTION_RESULT = """\
0 success
1 hardware-fault
2 temporary-failure
3 read-write-denied
4 object-undefined
9 object-class-inconsistent
B object-unavailable
C type-unmatched
D scope-of-access-violated
E data-block-unavailable
F long-action-aborted
10 no-long-action-in-progress
FA other-reason
"""
_ZCL_STATUS = """\
0 success
1 failure
7E not authorized
80 malformed command
81 unsupported cluster command
82 unsupported general command
85 invalid field
86 unsupported attribute
87 invalid value
88 read only
89 insufficient space
8A duplicate exists
8B not found
8C unreportable attribute
8D invalid data type
8F write only
94 timeout
C0 hardware failure
C1 software failure
C3 unsupported cluster
"""

_TABLES = {
    "role": _ROLE,
    "device_type": _DEVICE_TYPE,
    "chf_device_type": _CHF_DEVICE_TYPE,
    "data_access_result": _DATA_ACCESS_RESULT,
    "action_result": _ACTION_RESULT,
    "zcl_status": _ZCL_STATUS,
}


def name(table: str, number: int) -> "str | None":
    """What the standard calls `number`, or None where it has no name or there is no such table.

    Tables: alert, message, role, device_type, chf_device_type, data_access_result, action_result,
    zcl_status.
    """
    if table == "message":
        from gbcs import usecases

        use_case = usecases.find(number)
        return None if use_case is None else "%s %s" % (use_case.name, use_case.title)
    if table == "alert":
        from gbcs.alert_names import NAMES as text

        key = "%04X " % number
    else:
        text = _TABLES.get(table, "")
        key = "%X " % number
    at = 0 if text.startswith(key) else text.find("\n" + key) + 1
    if at == 0 and not text.startswith(key):
        return None
    return text[at + len(key) : text.find("\n", at)]
