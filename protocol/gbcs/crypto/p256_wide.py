"""The group of P-256 for CPython: the functions of `p256`, with larger tables."""

from gbcs.crypto.p256 import base_multiply, multiply, prepare, verify_sum

__all__ = ("base_multiply", "multiply", "prepare", "verify_sum")
