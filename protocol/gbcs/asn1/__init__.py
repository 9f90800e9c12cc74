"""ASN.1: DER elements, the payloads of GBCS, certificates and key files."""
