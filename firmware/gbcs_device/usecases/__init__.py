"""The functions of use cases that are more than reading and setting data."""
