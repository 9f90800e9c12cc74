"""A laboratory: parties, certificates, an inventory, hubs and meters."""
