"""Changements de schéma de la base, livrés avec le logiciel."""
