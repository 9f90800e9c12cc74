"""What everything of a device stands on: store, clock, logs, a load, what is shown."""
