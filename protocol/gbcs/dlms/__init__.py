"""DLMS: access requests and responses, data notifications."""
