"""A laboratory: remote parties, certificates, an inventory, hubs and meters."""
