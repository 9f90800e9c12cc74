"""The foundation of a device: store, clock, logs, simulated load, the values that it shows."""
