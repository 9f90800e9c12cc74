"""Emulated devices compared with reference messages; damaged messages for tests."""
