"""The use cases: code|form|name|title|targets|type|roles|replay|future|srv|encrypted|date-time|seen|variant|mode|superseded|signature|mac|behalf. Written by tools/gen_usecases.py: change that."""

# ruff: noqa: E501

ROWS = b"""\
0001|DLMS|CCS01|Add Device to CHF device log|CHF|SME.C.NC|CHF:Access Control Broker|yes|no|8.11|no|no|command:MAC,response:MAC||||no|yes|CHF
0002|DLMS|CCS02|Remove device from CHF device log|CHF|SME.C.NC|CHF:Access Control Broker|yes|no|8.11|no|no|command:MAC,response:MAC||||no|yes|CHF
0003|DLMS|CCS03|Restore CHF Device Log|CHF|SME.C.NC|CHF:Access Control Broker|yes|no|8.12.1|no|no|command:MAC,response:MAC||||no|yes|CHF
0004|DLMS|CCS04|Read CHF device log and check HAN communications (CCS05/CCS04)|CHF|SME.C.NC|CHF:Access Control Broker|||8.9||no|command:MAC,response:MAC|||CCS06|no|yes|CHF
0007|DLMS|CS01a|Apply Prepayment Top Up to an ESME|ESME|SME.C.NC but with additional cryptographic processing specified in GBCS Sections 14.3.4 and 14.3.5|ESME:Supplier|yes|no|2.2|no|yes|command:MAC,response:MAC||||no|yes|
0008|ASN.1|CS02a|Provide Security Credentials Details|ESME,GSME,CHF,GPF,HCALCS|Variant Command & Response|ESME:any,GSME:any,CHF:any,GPF:any,HCALCS:any|||6.24.1||no|command:MAC/signature,response:MAC/signature||||form|form|
000A|ASN.1|CS02c|Issue Security Credentials|ESME,GSME|SME.C.C|ESME:Supplier,GSME:Supplier|||6.17|||||||yes|yes|
000B|ASN.1|CS02d|Update Device Certificates on Device|ESME,GSME|SME.C.C|ESME:Supplier,GSME:Supplier|||6.15.2||no|command:MAC+signature,response:signature||||yes|yes|
000C|ASN.1|CS02e|Provide Device Certificates from Device|ESME,GSME|Variant Command & Response|ESME:Supplier,GSME:Supplier|||6.24.2||no|command:MAC+signature,response:signature||||yes|yes|
000D|ASN.1|CS03A1|Method A Join (Meter)|ESME|SME.C.C|ESME:Supplier|||8.7.1||no|command:MAC+signature,response:signature||||yes|yes|
000E|ASN.1|CS03B|Method B Join|ESME,GSME,GPF|SME.C.NC|ESME:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker,GPF:Supplier/Access Control Broker|||8.7.2||no|command:MAC,response:MAC||||no|yes|ESME,GSME,GPF
000F|ASN.1|CS04AC|Method A or C Unjoin|ESME,GSME,HCALCS,PPMID|SME.C.C|ESME:Supplier,GSME:Supplier,HCALCS:Supplier,PPMID:Access Control Broker|||8.8.1,8.8.2||no|command:MAC+signature,response:signature||||yes|yes|PPMID
0010|ASN.1|CS04B|Method B Unjoin|ESME,GSME,GPF|SME.C.NC|ESME:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker,GPF:Supplier/Access Control Broker|||8.8.2||no|command:MAC,response:MAC||||no|yes|ESME,GSME,GPF
0012|ASN.1|CS06|Activate Firmware|ESME,GSME,HCALCS,SAPC|SME.C.C|ESME:Supplier,GSME:Supplier,HCALCS:Supplier,SAPC:Supplier|yes|yes|11.3||yes|command:MAC+signature,response:signature||||yes|yes|
0013|ASN.1|CS07|Read Device Join Details|ESME,GSME,GPF|SME.C.NC|ESME:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker,GPF:Supplier/Access Control Broker|||8.9||no|command:MAC,response:MAC||||no|yes|ESME,GSME,GPF
0014|GBZ|CS10a|Read ZigBee Device Event Log|GSME,GPF|SME.C.NC|GSME:Supplier/Network Operator/Access Control Broker,GPF:Supplier/Network Operator/Access Control Broker|no|no|6.13|no|no|command:MAC,response:MAC||||no|yes|GSME,GPF
0015|GBZ|CS11|Clear ZigBee Device Event Log|GPF,GSME|SME.C.NC|GPF:Supplier,GSME:Supplier|no|no|3.3|no|no|command:MAC,response:MAC||||no|yes|
0018|DLMS|CS14|Device Addition To / Removal From HAN Whitelist Alerts|All|SME.A.NC|||no||no||alert:MAC||||||
0019|DLMS|ECS01a|Set Tariff and Price on ESME|ESME|SME.C.C|ESME:Supplier|yes|yes|1.1.1|no|yes|command:MAC+signature,response:signature||||yes|yes|
001A|DLMS|ECS02|Set ESME Payment Mode to Credit|ESME|SME.C.C|ESME:Supplier|yes|yes|1.6|no|yes|command:MAC+signature,response:signature||||yes|yes|
001B|DLMS|ECS03|Set ESME Payment Mode to Prepayment|ESME|SME.C.C|ESME:Supplier|yes|yes|1.6|no|yes|command:MAC+signature,response:signature||||yes|yes|
001C|DLMS|ECS04a|Adjust Meter Balance on the ESME|ESME|SME.C.C|ESME:Supplier|yes|no|1.5|no|no|command:MAC+signature,response:signature||||yes|yes|
001D|DLMS|ECS05|Reset Tariff Block Counter Matrix|ESME|SME.C.C|ESME:Supplier|yes|no|1.7|no|no|command:MAC+signature,response:signature||||yes|yes|
001E|DLMS|ECS07|Manage Debt on the ESME|ESME|SME.C.C|ESME:Supplier|yes|no|2.3|no|no|command:MAC+signature,response:signature||||yes|yes|
001F|DLMS|ECS08|Update Prepayment Configuration on ESME|ESME||ESME:Supplier||yes|2.1||yes|command:MAC+signature,response:signature|||ECS08a|yes|yes|
0020|DLMS|ECS09|Activate Emergency Credit Remotely on ESME|ESME|SME.C.C|ESME:Supplier|yes|no|2.5|no|no|command:MAC+signature,response:signature||||yes|yes|
0021|DLMS|ECS10|Send Message to ESME|ESME|SME.C.NC|ESME:Supplier|no|no|3.1|no|no|command:MAC,response:MAC||||no|yes|
0022|DLMS|ECS12|Set Change of Tenancy date on ESME|ESME|SME.C.NC|ESME:Supplier|no|no|3.2|no|no|command:MAC,response:MAC||||no|yes|
0023|DLMS|ECS14|Disable Privacy PIN Protection on ESME|ESME|SME.C.NC|ESME:Supplier|yes|no|3.5|no|no|command:MAC,response:MAC||||no|yes|
0024|DLMS|ECS15a|Clear ESME Event Log|ESME|SME.C.NC|ESME:Supplier|no|no|3.3|no|no|command:MAC,response:MAC||||no|yes|
0025|DLMS|ECS16|Write Supplier Contact Details on ESME|ESME|SME.C.NC|ESME:Supplier|no|no|3.4|no|no|command:MAC,response:MAC||||no|yes|
0026|DLMS|ECS17a|Read ESME Energy Registers (Export Energy)|ESME|SME.C.NC|ESME:Network Operator/Access Control Broker|no|no|4.2|no|yes|command:MAC,response:MAC||||no|yes|ESME
0027|DLMS|ECS17b|Read ESME Energy Registers (Import Energy)|ESME|SME.C.NC|ESME:Supplier/Network Operator|no|no|4.1.1|yes|yes|command:MAC,response:MAC||||no|yes|
0028|DLMS|ECS17c|Read ESME Energy Registers (Power)|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.16|no|yes|command:MAC,response:MAC||||no|yes|ESME
0029|DLMS|ECS17d|Read ESME Energy Register (TOU)|ESME|SME.C.NC|ESME:Supplier/Network Operator|no|no|4.1.2|yes|yes|command:MAC,response:MAC||||no|yes|
002A|DLMS|ECS17e|Read ESME Energy Register (TOU with Blocks)|ESME|SME.C.NC|ESME:Supplier/Network Operator|no|no|4.1.3|yes|yes|command:MAC,response:MAC||||no|yes|
002B|DLMS|ECS18a|Read Maximum Demand Registers (export)|ESME|SME.C.NC|ESME:Network Operator/Access Control Broker|no|no|4.12.2|no|yes|command:MAC,response:MAC||||no|yes|ESME
002C|DLMS|ECS18b|Read Maximum Demand Registers (import)|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.12.1|no|yes|command:MAC,response:MAC||||no|yes|ESME
002D|DLMS|ECS19|Read ESME Prepayment Registers|ESME|SME.C.NC|ESME:Supplier|no|no|4.3|yes|yes|command:MAC,response:MAC||||no|yes|
002E|DLMS|ECS20a|Read ESME Billing Data Log (payment based debt payments)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.4.4|no|no|command:MAC,response:MAC||||no|yes|ESME
002F|DLMS|ECS20b|Read ESME Billing Data Log (change of mode / tariff triggered exc export)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.4.2|yes|no|command:MAC,response:MAC||||no|yes|ESME
0030|DLMS|ECS20c|Read ESME Billing Data Log (billing calendar triggered exc export)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.4.3|yes|no|command:MAC,response:MAC||||no|yes|ESME
0033|DLMS|ECS21a|Read Electricity Daily Read Log (exc export)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.6.1|yes|no|command:MAC,response:MAC||||no|yes|ESME
0034|DLMS|ECS21b|Read Electricity (Prepayment) Daily Read Log|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.14|yes|no|command:MAC,response:MAC||||no|yes|ESME
0035|DLMS|ECS21c|Read Electricity Daily Read Log (export only)|ESME|SME.C.NC|ESME:Access Control Broker|no|no|4.6.2|no|no|command:MAC,response:MAC||||no|yes|ESME
0036|DLMS|ECS22a|Read Electricity Half Hour Profile Data (export)|ESME|SME.C.NC|ESME:Network Operator/Access Control Broker|no|no|4.8.3|no||||||no|yes|ESME
0037|DLMS|ECS22b|Read Electricity Half Hour Profile Data (active import)|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.8.1|yes|no|command:MAC,response:MAC||||no|yes|ESME
0038|DLMS|ECS22c|Read Electricity Half Hour Profile Data (reactive import)|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.8.2|no|no|command:MAC,response:MAC||||no|yes|ESME
0039|DLMS|ECS23|Read Voltage Operational Data|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.10|no|yes|command:MAC,response:MAC||||no|yes|ESME
003A|DLMS|ECS24|Read ESME Tariff Data|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.11.1|no|no|command:MAC,response:MAC||||no|yes|ESME
003B|DLMS|ECS26a|Read ESME Configuration Data Prepayment|ESME|SME.C.NC|ESME:Supplier|no|no|4.13|no|no|command:MAC,response:MAC||||no|yes|
003C|DLMS|ECS26b|Read ESME Configuration Voltage Data|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.2.1|no|no|command:MAC,response:MAC||||no|yes|ESME
003D|DLMS|ECS26c|Read ESME Configuration Data Device Information (randomisation)|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.2.2|no|no|command:MAC,response:MAC||||no|yes|ESME
003E|DLMS|ECS26d|Read ESME Configuration Data Device Information (Billing Calendar)|ESME||ESME:Supplier/Access Control Broker|||6.2.3||no|command:MAC,response:MAC|||ECS26l|no|yes|ESME
003F|DLMS|ECS26e|Read ESME Configuration Data Device Information (device identity exc MPAN)|ESME||ESME:Supplier/Network Operator/Access Control Broker|||6.2.4||no|command:MAC,response:MAC|||ECS26m|no|yes|ESME
0040|DLMS|ECS26f|Read ESME Configuration Data Device Information (instantaneous power thresholds)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|6.2.5|no|no|command:MAC,response:MAC||||no|yes|ESME
0042|DLMS|ECS27|Read ESME Load Limit Data|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.15|no|no|command:MAC,response:MAC||||no|yes|ESME
0043|DLMS|ECS28a|Set Load Limit Configurations - General Settings|ESME|SME.C.C|ESME:Supplier|yes|yes|6.4.1|no|yes|command:MAC+signature,response:signature||||yes|yes|
0044|DLMS|ECS28b|Set Load Limit Configuration Counter Reset|ESME|SME.C.NC|ESME:Supplier|yes|no|6.4.2|no|no|command:MAC,response:MAC||||no|yes|
0045|DLMS|ECS29a|Set Voltage Configurations on ESME|ESME|SME.C.NC|ESME:Network Operator|yes|no|6.5|no|no|command:MAC,response:MAC||||no|yes|
0046|DLMS|ECS30|Set Billing Calendar on the ESME|ESME||ESME:Supplier|||6.8||no|command:MAC+signature,response:signature|||ECS30a|yes|yes|
0047|DLMS|ECS34|Set Instantaneous Power Threshold Configuration|ESME|SME.C.NC|ESME:Supplier|no|no|6.12|no|no|command:MAC,response:MAC||||no|yes|
0048|DLMS|ECS35a|Read ESME Event Log|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.13|no|no|command:MAC,response:MAC||||no|yes|ESME
0049|DLMS|ECS35b|Read ESME Security Log|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.13|no|no|command:MAC,response:MAC||||no|yes|ESME
004A|DLMS|ECS37|Set Maximum Demand Configurable Time Period|ESME|SME.C.NC|ESME:Network Operator|yes|no|6.18.1|no|no|command:MAC,response:MAC||||no|yes|
004B|DLMS|ECS38|Update Randomised Offset Limit|ESME|SME.C.C|ESME:Supplier|yes|no|7.12|no|no|command:MAC+signature,response:signature||||yes|yes|
004C|DLMS|ECS39a|Set MPAN Value on the ESME|ESME|SME.C.NC|ESME:Supplier|yes|no|6.20.1|no|no|command:MAC,response:MAC||||no|yes|
004D|DLMS|ECS39b|Set Export MPAN Value on the ESME|ESME|SME.C.NC|ESME:Access Control Broker|yes|no|6.20.2|no|no|command:MAC,response:MAC||||no|yes|ESME
004E|DLMS|ECS40|Read MPAN Value on the ESME|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.2.7|no|no|command:MAC,response:MAC||||no|yes|ESME
004F|DLMS|ECS42|Remotely Close the Load Switch on the ESME|ESME|SME.C.C|ESME:Supplier|yes|no|7.1|no|no|command:MAC+signature,response:signature||||yes|yes|
0050|DLMS|ECS43|Remotely Open the Load Switch on the ESME|ESME|SME.C.C|ESME:Supplier|yes|no|7.2|no|no|command:MAC+signature,response:signature||||yes|yes|
0051|DLMS|ECS44|Arm Load Switch in ESME|ESME|SME.C.C|ESME:Supplier|yes|no|7.3|no|no|command:MAC+signature,response:signature||||yes|yes|
0052|DLMS|ECS45|Read Status of Load Switch in the ESME|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|7.4|no|no|command:MAC,response:MAC||||no|yes|ESME
0053|DLMS|ECS46a|Set Auxiliary Controller Descriptions|ESME,SAPC|SME.C.C|ESME:Supplier,SAPC:Supplier|no|no|6.14.1|no|no|command:MAC+signature,response:signature||||yes|yes|
0054|DLMS|ECS46c|Set HC ALCS and ALCS configuration in ESME (excluding labels)|ESME||ESME:Supplier||yes|6.14.2||yes|command:MAC+signature,response:signature|||ECS46d|yes|yes|
0055|DLMS|ECS47|Set or Reset HC ALCS or ALCS State|ESME||ESME:Supplier|||7.5,7.6,7.8||no|command:MAC+signature,response:signature|||ECS47a|yes|yes|
0058|DLMS|ECS50|Send CIN to ESME|ESME|SME.C.NC|ESME:Access Control Broker|yes|no|9.1|no|no|command:MAC,response:MAC||||no|yes|ESME
0059|DLMS|ECS52|Read ESME/SAPC/Comms Hub Firmware Version|ESME,SAPC,CHF|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker,SAPC:Supplier/Network Operator/Access Control Broker,CHF:Access Control Broker|no|no|11.2|no|no|command:MAC,response:MAC||||no|yes|ESME,SAPC,CHF
005A|DLMS|ECS57|Reset ESME Maximum Demand Registers|ESME|SME.C.NC|ESME:Network Operator|no|no|6.18.2|no|no|command:MAC,response:MAC||||no|yes|
005E|DLMS|ECS61c|Read Boost Function Data|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|7.11|no|no|command:MAC,response:MAC||||no|yes|ESME
005F|DLMS|ECS62|Set ALCS/APC and Boost Function Association|ESME|SME.C.NC|ESME:Supplier|yes|no|7.10,7.9|no|no|command:MAC,response:MAC||||no|yes|
0060|DLMS|ECS66|Read ESME Daily Consumption Log|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.17|yes|no|command:MAC,response:MAC||||no|yes|ESME
0061|DLMS|ECS68|ESME Critical Sensitive Alert (Billing Data Log)|ESME|SME.A.C|||||yes||alert:signature||||||
0062|DLMS|ECS70|Set Clock on ESME|ESME,SAPC|SME.C.C|ESME:Supplier,SAPC:Supplier|yes|no|6.11,8.1.1|no|no|command:MAC+signature,response:signature||||yes|yes|
0067|DLMS|ECS80|Supply Outage Restore Alert from ESME|ESME|SME.A.C|||no||no||alert:signature||||||
0068|DLMS|ECS81|Set Supply Tamper State on ESME|ESME|SME.C.C|ESME:Supplier|yes|no|6.25|no|no|command:MAC+signature,response:signature||||yes|yes|
0069|DLMS|ECS82|Read Meter Balance for ESME|ESME|SME.C.NC|ESME:Supplier|no|no|4.18|no|no|command:MAC,response:MAC||||no|yes|
006B|GBZ|GCS01a|Set Tariff and Price on GSME|GSME|SME.C.C|GSME:Supplier|yes|yes|1.1.1|no|yes|command:MAC+signature,response:signature||||yes|yes|
006C|GBZ|GCS02|Set GSME Payment Mode to Credit|GSME|SME.C.C|GSME:Supplier|yes|yes|1.6|no|yes|command:MAC+signature,response:signature||||yes|yes|
006D|GBZ|GCS03|Set GSME Payment Mode to Prepayment|GSME|SME.C.C|GSME:Supplier|yes|yes|1.6|no|yes|command:MAC+signature,response:signature||||yes|yes|
006E|GBZ|GCS04|Manage Debt on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|2.3|no||||||yes|yes|
006F|GBZ|GCS05|Update Prepayment Configurations on GSME|GSME|SME.C.C|GSME:Supplier|yes|yes|2.1|no|yes|command:MAC+signature,response:signature||||yes|yes|
0070|GBZ|GCS06|Activate Emergency Credit Remotely on GSME|GSME|SME.C.C|GSME:Supplier|yes|no|2.5|no|no|command:MAC+signature,response:signature||||yes|yes|
0071|GBZ|GCS07|Send Message to GSME|GSME|SME.C.NC|GSME:Supplier|no|no|3.1|no|no|command:MAC,response:MAC||||no|yes|
0072|GBZ|GCS09|Set Change of Tenancy date on GPF|GPF|SME.C.NC|GPF:Supplier|no|no|3.2|no|no|command:MAC,response:MAC||||no|yes|
0073|GBZ|GCS11|Disable Privacy PIN Protection on GSME|GSME|SME.C.NC|GSME:Supplier|yes|no|3.5|no|no|command:MAC,response:MAC||||no|yes|
0074|GBZ|GCS13a|Read GSME Consumption Register|GPF,GSME|SME.C.NC|GPF:Supplier/Network Operator,GSME:Supplier|no|no|4.1.1|yes|yes|command:MAC,response:MAC||||no|yes|
0075|GBZ|GCS14|Read GSME Prepayment Register(s)|GPF,GSME|SME.C.NC|GPF:Supplier,GSME:Supplier|no|no|4.3|yes|yes|command:MAC,response:MAC||||no|yes|
0076|GBZ|GCS15c|Read GSME Billing Data Log (billing calendar triggered)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier|no|no|4.4.3|yes|no|command:MAC,response:MAC||||no|yes|GPF
0077|GBZ|GCS16a|Read GSME Daily Read log(s)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier|no|no|4.6.1|yes|no|command:MAC,response:MAC||||no|yes|GPF
0078|GBZ|GCS17|Read GSME Profile Data Log|GPF,GSME|SME.C.NC|GPF:Supplier/Network Operator/Access Control Broker,GSME:Supplier|no|no|4.8.1|yes|no|command:MAC,response:MAC||||no|yes|GPF
0079|GBZ|GCS18|Read Gas Network Data Log|GSME|SME.C.NC|GSME:Supplier/Access Control Broker|no|no|4.10|yes|no|command:MAC,response:MAC||||no|yes|GSME
007B|GBZ|GCS21a|Read Gas Configuration Data Device Information|GSME|SME.C.NC|GSME:Supplier/Network Operator/Access Control Broker|no|no|6.2.8|no|no|command:MAC,response:MAC||||no|yes|GSME
007C|GBZ|GCS23|Set CV and Conversion Factor Value(s) on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|6.6|no||||||yes|yes|
007D|GBZ|GCS24|Set Uncontrolled Gas Flow Rate and Supply Tamper State on the GSME|GSME||GSME:Supplier|||6.7||no|command:MAC+signature,response:signature|||GCS24a|yes|yes|
007E|GBZ|GCS25|Set Billing Calendar on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|6.8|no|no|command:MAC+signature,response:signature||||yes|yes|
007F|ASN.1|GCS28|Set Clock on GSME|GSME|SME.C.C|GSME:Supplier|||6.11,8.1.1||no|command:MAC+signature,response:signature||||yes|yes|
0080|GBZ|GCS31|Start Network Data Log on GSME|GSME|SME.C.NC|GSME:Access Control Broker|yes|no|14.1|no|no|command:MAC,response:MAC||||no|yes|GSME
0081|GBZ|GCS32|Remotely close the valve in the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|7.2|no|no|command:MAC+signature,response:signature||||yes|yes|
0082|GBZ|GCS33|Read GSME Valve Status|GPF,GSME|SME.C.NC|GPF:Supplier/Network Operator/Access Control Broker,GSME:Supplier/Network Operator/Access Control Broker|no|no|7.4|no|no|command:MAC,response:MAC||||no|yes|GPF,GSME
0083|GBZ|GCS36|Send CIN to GSME|GSME|SME.C.NC|GSME:Access Control Broker|yes|no|9.1|no|no|command:MAC,response:MAC||||no|yes|GSME
0084|GBZ|GCS38|Read GSME Firmware Version|GPF,GSME|SME.C.NC|GPF:Supplier/Network Operator/Access Control Broker,GSME:Supplier/Network Operator/Access Control Broker|no|no|11.2|no|no|command:MAC,response:MAC||||no|yes|GPF,GSME
0085|GBZ|GCS39|Arm Valve in GSME|GSME|SME.C.C|GSME:Supplier|yes|no|7.3|no||||||yes|yes|
0086|GBZ|GCS40a|Adjust Prepayment Mode Meter Balance on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|1.5|no|no|command:MAC+signature,response:signature||||yes|yes|
0087|GBZ|GCS41|Set MPRN Value on the GSME|GSME|SME.C.NC|GSME:Supplier|yes|no|6.20.1|no|no|command:MAC,response:MAC||||no|yes|
0088|GBZ|GCS44|Write Contact Details on GSME|GSME|SME.C.NC|GSME:Supplier|no|no|3.4|no|no|command:MAC,response:MAC||||no|yes|
0089|GBZ|GCS46|Read MPRN on the GSME|GPF,GSME|SME.C.NC|GPF:Supplier/Network Operator/Access Control Broker,GSME:Supplier/Network Operator/Access Control Broker|no|no|6.2.7|no|no|command:MAC,response:MAC||||no|yes|GPF,GSME
008B|GBZ|GCS53|Push Billing Data Log as an Alert|GSME|SME.A.C|||||yes||alert:signature||||||
008C|ASN.1|GCS59|Restore GPF Device Log|GPF|SME.C.NC|GPF:Access Control Broker|||8.12.2||no|command:MAC,response:MAC||||no|yes|
008D|GBZ|GCS60|Read Meter Balance for GSME|GPF,GSME|SME.C.NC|GPF:Supplier,GSME:Supplier|no|no|4.18|no||||||no|yes|
0090|GBZ|PCS02|Activate Emergency Credit on GSME from PPMID|GSME|SME.C.PPMID-GSME|GSME:PPMID||||no|no|command:MAC,response:MAC||||no|device|
0092|DLMS|ECS26i|Read Configuration Data Device Information (CHF identity)|CHF||CHF:Access Control Broker|||6.2.4||no|command:MAC,response:MAC|||ECS26n|no|yes|CHF
0093|DLMS|ECS35c|Read CHF Event Log|CHF|SME.C.NC|CHF:Access Control Broker|no|no|6.13|no|no|command:MAC,response:MAC||||no|yes|CHF
0094|DLMS|ECS35d|Read CHF Security Log|CHF|SME.C.NC|CHF:Access Control Broker|no|no|6.13|no||||||no|yes|CHF
0096|GBZ|GCS16b|Read GSME Daily Read log(s) (prepayment)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier|no|no|4.14|yes|no|command:MAC,response:MAC||||no|yes|GPF
0097|GBZ|CS01b|Apply Prepayment Top Up to a GSME|GSME|SME.C.NC but with additional cryptographic processing specified in GBCS Sections 14.3.4 and 14.3.5|GSME:Supplier|yes|no|2.2|no|yes|command:MAC,response:MAC||||no|yes|
009B|GBZ|PCS01|Apply Prepayment Top Up to a GSME using PPMID|GSME|SME.C.PPMID-GSME|GSME:PPMID||||no|no|command:MAC,response:MAC||||no|device|
009D|GBZ|GCS21d|Read GSME Configuration Data Device Information (BillingCalendar)|GSME||GSME:Supplier/Access Control Broker|||6.2.3||no|command:MAC,response:MAC|||GCS21k|no|yes|GSME
009E|GBZ|GCS21e|Read GSME/GPF Configuration Data Device Information (device identity)|GPF,GSME||GPF:Supplier/Network Operator/Access Control Broker,GSME:Supplier/Network Operator/Access Control Broker|||6.2.4||no|command:MAC,response:MAC|||GCS21m|no|yes|GPF,GSME
009F|GBZ|GCS21f|Read GSME Tariff Data|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker|no|no|4.11.1|no|no|command:MAC,response:MAC||||no|yes|GPF,GSME
00A0|GBZ|GCS61|Read gas Daily Consumption Log|GPF|SME.C.NC|GPF:Supplier/Network Operator/Access Control Broker|no|no|4.17|yes|no|command:MAC,response:MAC||||no|yes|GPF
00A1|GBZ|CS10b|Read ZigBee Device Security Log|GSME,GPF|SME.C.NC|GSME:Supplier/Network Operator/Access Control Broker,GPF:Supplier/Network Operator/Access Control Broker|no|no|6.13|no|no|command:MAC,response:MAC||||no|yes|GSME,GPF
00A2|DLMS|ECS01b|Set Price on ESME|ESME|SME.C.C|ESME:Supplier|yes|yes|1.2.1|no|yes|command:MAC+signature,response:signature||||yes|yes|
00A3|GBZ|GCS01b|Set Price on GSME|GSME|SME.C.C|GSME:Supplier|yes|yes|1.2.1|no|yes|command:MAC+signature,response:signature||||yes|yes|
00AB|ASN.1|CS03A2|Method A Join (non Meter)|HCALCS,PPMID|SME.C.C|HCALCS:Supplier,PPMID:Access Control Broker|||8.7.1,8.7.2||no|command:MAC+signature,response:signature||||yes|yes|PPMID
00AC|DLMS|ECS25a|Set Alert Behaviours - ESME - Supplier|ESME|SME.C.NC|ESME:Supplier|no|no|6.22|no|no|command:MAC,response:MAC||||no|yes|
00AD|GBZ|GCS20|Set Alert Behaviours - GSME|GSME|SME.C.NC|GSME:Supplier|no|no|6.22|no|no|command:MAC,response:MAC||||no|yes|
00AE|DLMS|ECS29b|Set Voltage Configurations on ESME - 3ph|ESME|SME.C.NC|ESME:Network Operator|yes|no|6.5|no|no|command:MAC,response:MAC||||no|yes|
00AF|ASN.1|CS03C|Method C Join|GSME,PPMID|SME.C.C|GSME:Supplier,PPMID:Access Control Broker|||8.7.1,8.7.2||no|command:MAC+signature,response:signature||||yes|yes|PPMID
00B0|DLMS|ECS25b|Set Alert Behaviours - ESME - Network Operator|ESME|SME.C.NC|ESME:Network Operator|no|no|6.22|no|no|command:MAC,response:MAC||||no|yes|
00B2|ASN.1|GCS62|Backup GPF Device Log|GPF|SME.A.NC|||||||alert:MAC||||||
00B3|DLMS|ECS04b|Reset Meter Balance on the ESME|ESME|SME.C.C|ESME:Supplier|yes|no|1.5|no|no|command:MAC+signature,response:signature||||yes|yes|
00B4|GBZ|GCS40b|Reset Prepayment Mode Meter Balance on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|1.5|no|no|command:MAC+signature,response:signature||||yes|yes|
00B5|GBZ|GCS21b|Read GSME Configuration Data Prepayment|GPF,GSME|SME.C.NC|GPF:Supplier,GSME:Supplier|no|no|4.13|no|no|command:MAC,response:MAC||||no|yes|
00B6|GBZ|GCS13c|Read GSME Register (TOU)|GPF,GSME|SME.C.NC|GPF:Supplier/Network Operator,GSME:Supplier|no|no|4.1.2|yes|yes|command:MAC,response:MAC||||no|yes|
00B7|DLMS|ECS01c|Set Tariff and Price on ESME secondary|ESME|SME.C.C|ESME:Supplier|yes|yes|1.1.2|no|yes|command:MAC+signature,response:signature||||yes|yes|
00B8|GBZ|GCS13b|Read GSME Block Counters|GPF,GSME|SME.C.NC|GPF:Supplier,GSME:Supplier|no|no|4.1.4|yes|yes|command:MAC,response:MAC||||no|yes|
00B9|DLMS|ECS35e|Read ESME Power Event Log|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.13|no|no|command:MAC,response:MAC||||no|yes|ESME
00BA|DLMS|ECS35f|Read ALCS Event Log|ESME||ESME:Supplier|||6.13||no|command:MAC,response:MAC|||ECS35g|no|yes|
00BB|DLMS|ECS61a|Read HC ALCS and ALCS Data from ESME|ESME||ESME:Supplier/Network Operator/Access Control Broker|||7.7||no|command:MAC,response:MAC|||ECS61d, ECS61e|no|yes|ESME
00BC|DLMS|ECS23b|Read Voltage Operational Data -3 Phase|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|4.10|no|yes|command:MAC,response:MAC||||no|yes|ESME
00BD|DLMS|ECS24b|Read ESME Tariff Data - second element|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.11.2|no||||||no|yes|ESME
00BE|DLMS|ECS26j|Read ESME Configuration Data Device Information (Payment Mode)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|6.2.9|no|no|command:MAC,response:MAC||||no|yes|ESME
00BF|GBZ|GCS21j|Read GSME Configuration Data Device Information (Payment Mode)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker|no|no|6.2.9|no||||||no|yes|GPF,GSME
00C0|GBZ|GCS40c|Adjust Credit Mode Meter Balance on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|1.5|no|no|command:MAC+signature,response:signature||||yes|yes|
00C1|DLMS|ECS15c|Clear Auxiliary Controller Event Log|ESME|SME.C.NC|ESME:Supplier|no|no|3.3|no|no|command:MAC,response:MAC||||no|yes|
00C2|GBZ|GCS40d|Reset Credit Mode Meter Balance on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|1.5|no|no|command:MAC+signature,response:signature||||yes|yes|
00C3|GBZ|GCS15b|Read GSME Billing Data Log (change of mode / tariff triggered)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier|no|no|4.4.2|yes|no|command:MAC,response:MAC||||no|yes|GPF
00C4|GBZ|GCS15d|Read GSME Billing Data Log (payment-based debt payments)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker|no|no|4.4.4|yes|no|command:MAC,response:MAC||||no|yes|GPF,GSME
00C5|GBZ|GCS15e|Read GSME Billing Data Log (prepayment credits)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker|no|no|4.4.5|no|no|command:MAC,response:MAC||||no|yes|GPF,GSME
00C6|DLMS|ECS26k|Read ESME Configuration Voltage Data - 3 phase|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.2.1|no||||||no|yes|ESME
00C7|DLMS|ECS01d|Set Price on ESME secondary|ESME|SME.C.C|ESME:Supplier|yes|yes|1.2.2|no|yes|||||yes|yes|
00C9|DLMS|ECS20d|Read ESME Billing Data Log (prepayment credits)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|4.4.5|no|no|command:MAC,response:MAC||||no|yes|ESME
00CA|ASN.1|ALERT-00CA|Future Dated Firmware Activation Alert|ESME,GSME||||||||alert:signature||||||
00CB|ASN.1|ALERT-00CB|Future Dated Update Security Credentials Alert|ESME,GSME,CHF,GPF||||||||alert:signature||||||
00CC|DLMS|ALERT-00CC|Future Dated Execution Of Instruction Alert (DLMS COSEM)|ESME||||||||alert:signature||||||
00CD|GBZ|ALERT-00CD|Future Dated Execution Of Instruction Alert (GBZ)|GSME||||||||alert:signature||||||
00CE|DLMS|FDRA-DLMS|Firmware Distribution Receipt Alert (ESME)|ESME||||||||alert:signature||||||
00CF|GBZ|FDRA-ZigBee|Firmware Distribution Receipt Alert (GSME)|GSME||||||||alert:signature||||||
00D1|DLMS|ECS29c|Set Voltage Configurations on ESME without counter reset|ESME|SME.C.NC|ESME:Network Operator|yes|no|6.5|no|no|command:MAC,response:MAC||||no|yes|
00D2|DLMS|ECS29d|Set Voltage Configurations on polyphase ESME without counter reset|ESME|SME.C.NC|ESME:Network Operator|yes|no|6.5|no|no|command:MAC,response:MAC||||no|yes|
00D3|DLMS|ECS29e|Reset RMS Voltage Counters on ESME|ESME|SME.C.NC|ESME:Network Operator|yes|no|6.27|no|no|command:MAC,response:MAC||||no|yes|
00D4|DLMS|ECS29f|Reset RMS Voltage Counters on polyphase ESME|ESME|SME.C.NC|ESME:Network Operator|yes|no|6.27|no||||||no|yes|
00D5|DLMS|ALERT-00D5|Failure to Deliver Remote Party Message to ESME Alert|CHF||||||||||||||
00D7|DLMS|ECS30a|Set Billing Calendar on the ESME - all periodicities|ESME|SME.C.C|ESME:Supplier|yes|no|6.8|no|no|command:MAC+signature,response:signature||||yes|yes|
00D8|GBZ|GCS25a|Set Billing Calendar on the GSME - all periodicities|GSME|SME.C.C|GSME:Supplier|yes|no|6.8|no|no|command:MAC+signature,response:signature||||yes|yes|
00D9|DLMS|ECS26l|Read ESME Configuration Data Device Information (Billing Calendar - all periodicities)|ESME|SME.C.NC|ESME:Supplier/Access Control Broker|no|no|6.2.3|no|no|command:MAC,response:MAC||||no|yes|ESME
00DA|GBZ|GCS21k|Read GSME Configuration Data Device Information (BillingCalendar - all periodicities)|GPF,GSME|SME.C.NC|GPF:Supplier/Access Control Broker,GSME:Supplier/Access Control Broker|no|no|6.2.3|no|no|command:MAC,response:MAC||||no|yes|GPF,GSME
00DB|DLMS|ECS48|Configure daily resetting of Tariff Block Counter Matrix|ESME|SME.C.C|ESME:Supplier|yes|no|6.26|no|no|command:MAC+signature,response:signature||||yes|yes|
00DE|DLMS|ECS08a|Update Prepayment Configuration on ESME|ESME|SME.C.C|ESME:Supplier|yes|yes|2.1|no|yes|command:MAC+signature,response:signature||||yes|yes|
00EA|DLMS|ECS25a1|Set Event Behaviours - ESME to HAN Device - Supplier|ESME|SME.C.NC|ESME:Supplier|no|no|6.22|no|no|command:MAC,response:MAC||||no|yes|
00EB|DLMS|ECS25a2|Set Event Behaviours - ESME audible alarm - Supplier|ESME|SME.C.NC|ESME:Supplier|no|no|6.22|no|no|command:MAC,response:MAC||||no|yes|
00EC|DLMS|ECS25a3|Set Event Behaviours - ESME logging - Supplier|ESME|SME.C.NC|ESME:Supplier|no|no|6.22|no|no|command:MAC,response:MAC||||no|yes|
00ED|DLMS|ECS25b3|Set Event Behaviours - ESME logging - Network Operator|ESME|SME.C.NC|ESME:Network Operator|no|no|6.22|no|no|command:MAC,response:MAC||||no|yes|
00EE|DLMS|ECS25r1|Read non-critical event and alert behaviours - ESME - Supplier|ESME|SME.C.NC|ESME:Supplier|no|no|6.2.10|no|no|command:MAC,response:MAC||||no|yes|
00EF|DLMS|ECS25r2|Read non-critical event and alert behaviours - ESME - Network Operator|ESME|SME.C.NC|ESME:Network Operator|no|no|6.2.10|no|no|command:MAC,response:MAC||||no|yes|
00F0|DLMS|MIIWA-DLMS|Meter Integrity Issue Warning Alert - ESME|ESME||||||||alert:MAC||||||
00F1|GBZ|GCS20r|Read non-critical event and alert behaviours - GSME - Supplier|GSME|SME.C.NC|GSME:Supplier|no|no|6.2.10|no|no|command:MAC,response:MAC||||no|yes|
00F2|GBZ|MIIWA-ZigBee|Meter Integrity Issue Warning Alert - GSME|GSME||||||||alert:MAC||||||
00F9|DLMS|ECS26m|Read ESME Configuration Data Device Information (identity, type and supply tamper state)|ESME|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker|no|no|6.2.4|no|no|command:MAC,response:MAC||||no|yes|ESME
00FA|DLMS|ECS26n|Read CHF Configuration Data Device Information (CH identity and type)|CHF|SME.C.NC|CHF:Access Control Broker|no|no|6.2.4|no|no|command:MAC,response:MAC||||no|yes|CHF
00FB|GBZ|GCS21m|Read GSME Configuration Data Device Information (identity, type and supply tamper / depletion state)|GSME|SME.C.NC|GSME:Supplier/Network Operator/Access Control Broker|no|no|6.2.4|no|no|command:MAC,response:MAC||||no|yes|GSME
00FC|GBZ|GCS24a|Set Uncontrolled Gas Flow Rate at greater resolution and Supply Tamper State on the GSME|GSME|SME.C.C|GSME:Supplier|yes|no|6.7|no|no|command:MAC+signature,response:signature||||yes|yes|
00FD|DLMS|ECS35g|Read Auxiliary Controller Event Log|ESME,SAPC|SME.C.NC|ESME:Supplier/Network Operator/Load Controller,SAPC:Supplier/Network Operator/Load Controller|no|no|6.13|no|no|command:MAC,response:MAC||||no|yes|
00FE|DLMS|CCS07|Read CHF Device Logs|CHF|SME.C.NC|CHF:Access Control Broker|no|no|8.9|no|no|command:MAC,response:MAC||||no|yes|CHF
0100|ASN.1|CS02b|Update Security Credentials|ESME,GSME||ESME:Supplier,GSME:Supplier|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|rootBySupplier|0||yes|yes|
0101|ASN.1|CS02b|Update Security Credentials|CHF||CHF:WAN Provider|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|rootByWanProvider|1||yes|yes|
0102|ASN.1|CS02b|Update Security Credentials|ESME,GSME,GPF||ESME:Supplier,GSME:Supplier,GPF:Supplier|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|supplierBySupplier|2||yes|yes|
0103|ASN.1|CS02b|Update Security Credentials|ESME,GPF||ESME:Network Operator,GPF:Network Operator|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|networkOperatorByNetworkOperator|3||yes|yes|
0104|ASN.1|CS02b|Update Security Credentials|ESME,GSME,GPF,CHF||ESME:Access Control Broker,GSME:Access Control Broker,GPF:Access Control Broker,CHF:Access Control Broker|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|accessControlBrokerByACB|4||CHF|yes|
0105|ASN.1|CS02b|Update Security Credentials|CHF||CHF:WAN Provider|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|wanProviderByWanProvider|5||yes|yes|
0106|ASN.1|CS02b|Update Security Credentials|ESME,GSME,GPF,CHF||ESME:Transitional CoS,GSME:Transitional CoS,GPF:Transitional CoS,CHF:Transitional CoS|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|transCoSByTransCoS|6||yes|yes|
0107|ASN.1|CS02b|Update Security Credentials|ESME,GSME,GPF||ESME:Transitional CoS,GSME:Transitional CoS,GPF:Transitional CoS|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|supplierByTransCoS|7||yes|yes|
0108|ASN.1|CS02b|Update Security Credentials|ESME,GSME,GPF,CHF||ESME:Recovery,GSME:Recovery,GPF:Recovery,CHF:Recovery|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|anyExceptAbnormalRootByRecovery|8||yes|no|
0109|ASN.1|CS02b|Update Security Credentials|ESME,GSME,GPF,CHF||ESME:Root,GSME:Root,GPF:Root,CHF:Root|yes|yes|6.15.1,6.21,6.23,8.5||yes|command:MAC/MAC+signature/signature,response:signature|anyByContingency|9||yes|no|
010A|DLMS|DBCH01|Read CHF Sub GHz Channel|CHF|SME.C.NC|CHF:Access Control Broker|no|no|6.31|no|no|command:MAC,response:MAC||||no|yes|CHF
010B|DLMS|DBCH02|Read CHF Sub GHz Channel Log|CHF|SME.C.NC|CHF:Access Control Broker|no|no|6.32|no|no|command:MAC,response:MAC||||no|yes|CHF
010C|DLMS|DBCH03|Read CHF Sub GHz Configuration|CHF|SME.C.NC|CHF:Access Control Broker|no|no|6.30|no||||||no|yes|CHF
010D|DLMS|DBCH04|Set CHF Sub GHz Configuration|CHF|SME.C.NC|CHF:Access Control Broker|yes|no|6.28|no|no|command:MAC,response:MAC||||no|yes|CHF
010E|DLMS|DBCH05|Request CHF Sub GHz Channel Scan|CHF|SME.C.NC|CHF:Access Control Broker|yes|no|6.29|no|no|command:MAC,response:MAC||||no|yes|CHF
010F|DLMS|CCS06|Read CHF device log and check HAN communications|CHF|SME.C.NC|CHF:Access Control Broker|no|no|8.9|no|no|command:MAC,response:MAC||||no|yes|CHF
0110|DLMS|DBCH06|Limited Duty Cycle Action Taken Sub GHz Alert|CHF in a Dual Band CH only|SME.A.NC|||||||alert:MAC||||||
0111|DLMS|DBCH07|Sub GHz Sub GHz Channel Changed Sub GHz Alert|CHF in a Dual Band CH only|SME.A.NC|||||||alert:MAC||||||
0112|DLMS|DBCH08|Sub GHz Channel Scan Request Assessment Outcome Sub GHz Alert|CHF in a Dual Band CH only|SME.A.NC|||||||alert:MAC||||||
0113|DLMS|DBCH09|Sub GHz Configuration Changed Sub GHz Alert|CHF|SME.A.NC|||no||no||alert:MAC||||||
0114|DLMS|DBCH10|Message Discarded Due to Duty Cycle Management Sub GHz Alert|CHF in a Dual Band CH only|SME.A.NC|||||||alert:MAC||||||
0115|DLMS|DBCH11|No More Sub GHz Device Capacity Sub GHz Alert|CHF in a Dual Band CH only|SME.A.NC|||||||alert:MAC||||||
0116||PECS01|Apply Prepayment Top Up to an ESME using PPMID||ZSE specified|||||||||||||
0117||PECS02|Activate Emergency Credit on ESME from PPMID||ZSE specified|||||||||||||
0118||PECS03|Request to Enable ESME Supply from PPMID||ZSE specified|||||||||||||
0119||HECS01|Request Control of HCALCS [n]||ZSE specified|||||||||||||
011A|DLMS|ECS46d|Set Auxiliary Controller Calendar|ESME,SAPC|SME.C.C|ESME:Supplier,SAPC:Supplier|yes|yes|6.14.3|no|yes|command:MAC+signature,response:signature||||yes|yes|
011B|ASN.1|CS02f|Provide Security Credential Details|ESME,SAPC||ESME:any,SAPC:any|||6.24.1||no|command:MAC/signature,response:MAC/signature||||form|form|
011C|DLMS|ECS61d|Read Auxiliary Controller Configuration Data|ESME,SAPC|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker/Load Controller,SAPC:Supplier/Network Operator/Access Control Broker/Load Controller|no|no|7.14|no|no|command:MAC,response:MAC||||no|yes|ESME,SAPC
011D|DLMS|ECS61e|Read Auxiliary Controller Operational Data|ESME,SAPC|SME.C.NC|ESME:Supplier/Network Operator/Access Control Broker/Load Controller,SAPC:Supplier/Network Operator/Access Control Broker/Load Controller|no|no|7.15|no|no|command:MAC,response:MAC||||no|yes|ESME,SAPC
011E|DLMS|ECS47a|Set Auxiliary Controller [n] State|ESME,SAPC|SME.C.C|ESME:Supplier,SAPC:Supplier|yes|no|7.13|no|no|command:MAC+signature,response:signature||||yes|yes|
011F|DLMS|ECS47e|Limit APC [n] Level|ESME,SAPC|SME.C.C|ESME:Load Controller,SAPC:Load Controller|yes|no|7.16|no|no|command:MAC+signature,response:signature||||yes|yes|
0120|DLMS|ECS100|Command not supported by Device|SAPC|See GBCS Section 7.2.9.1|||||||alert:signature||||||
0121|DLMS|ECS101|Limit APC [n] Level Command processed|ESME|SME.A.C|||||no||alert:signature||||||
0122|DLMS|ECS102|Limit APC [n] Level ended or cancelled|ESME,SAPC|SME.A.C|||||no||alert:signature||||||
0123|DLMS|ECS200|Operational Update|ESME|SME.A.C|||||||alert:signature||||||
0124|ASN.1|ALERT-0124|Future Dated Update Load Controller Security Credentials Alert|ESME,SAPC||||||||alert:signature||||||
0125|ASN.1|CS02g|Update Load Controller Security Credentials|ESME,SAPC||ESME:Load Controller,SAPC:Load Controller|yes|yes|6.15.1||yes|command:MAC+signature,response:signature|loadControllerByLoadController|10||yes|yes|
0126|ASN.1|CS02g|Update Load Controller Security Credentials|ESME,SAPC||ESME:Supplier,SAPC:Supplier|yes|yes|6.15.1||yes|command:MAC+signature,response:signature|loadControllerBySupplier|11||yes|yes|
0128|ASN.1|CCS08|Firmware Transfer Alert|CHF||||||||alert:signature||||||
0129|ASN.1|CS08|Read PPMID/HCALCS Firmware Version|PPMID,HCALCS||PPMID:Access Control Broker,HCALCS:Access Control Broker|||11.2||no|command:MAC,response:MAC||||no|yes|PPMID,HCALCS
012A|GBZ|GCS60a|Read Meter Balance for GSME|GPF,GSME||GPF:Supplier,GSME:Supplier|||4.18||yes|command:MAC,response:MAC||||no|yes|
012B|ASN.1|CS09|PPMID Firmware Activation Alert|PPMID|SME.A.C|||||||alert:signature||||||
1000|DLMS|GCA-DLMS|Generic Critical Alert|ESME,CHF||||||||alert:signature||||||
1000|GBZ|GCA-ZigBee|Generic Critical Alert|GSME,GPF||||||||alert:signature||||||
1001|DLMS|GNCA-DLMS|Generic Non Critical Alert|ESME,CHF||||||||alert:MAC||||||
1001|GBZ|GNCA-ZigBee|Generic Non Critical Alert|GSME,GPF||||||||alert:MAC||||||
||CS05a|Distribute Firmware to Communications Hub|CHF||||||||||||||
||CS05b|Distribute Firmware to ESME / GSME|ESME,GSME||||||||||||||
||CS05c|Distribute Firmware to PPMID|PPMID||||||||||||||
"""
