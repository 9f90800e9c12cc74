"""Cluster 0000, Basic; read by `clusters`. Source: ZCL 07-5123."""

ATTRIBUTES = (
    """
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
""",
)

COMMANDS = (
    """
>00 ResetToFactoryDefaults
""",
)
