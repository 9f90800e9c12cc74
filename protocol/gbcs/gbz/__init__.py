"""GBZ: ZCL commands as GBCS payloads, and the templates of use cases."""
