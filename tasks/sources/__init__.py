"""Inventories read where a collectivité keeps them, over an allowlist, bounded, and put in force by rule or accord; never returned files."""
