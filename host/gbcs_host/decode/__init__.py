"""Messages found, read, verified and shown."""
