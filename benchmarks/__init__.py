"""Mesures, en rapports pris dans une même exécution. Aucun test n'en dépend."""
