"""Inventories read where a collectivité keeps them, over an allowlist, all bounded; never put in force here."""
