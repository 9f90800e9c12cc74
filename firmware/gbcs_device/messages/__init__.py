"""The path of a message: the checks of its sender, its payload, and the answer."""
