"""Inventories read where a collectivité keeps them, and put in force by rule or accord; never returned files."""
