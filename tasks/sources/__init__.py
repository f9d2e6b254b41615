"""Fetch an inventory from where a collectivité keeps it: an allowlist of protocols, addresses checked, all bounded."""
