"""What use cases do beyond reading and setting data."""
