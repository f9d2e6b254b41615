"""A programme: its registry, its dossiers, the versions in use; never a stage."""
