"""The path of a message: who may send it, what it carries, what it is answered."""
