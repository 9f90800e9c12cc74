"""COSEM: the objects that messages touch, and the templates of use cases."""
