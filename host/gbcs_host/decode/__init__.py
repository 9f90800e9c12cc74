"""GBCS messages: where they come from, their verification, and their form as JSON or as text."""
