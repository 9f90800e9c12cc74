"""Scenarios, a module each: see gbcs_host.scenarios.play."""
