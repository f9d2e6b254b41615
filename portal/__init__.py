"""Là où les gens touchent le logiciel : la commande « nr » et les pages."""
