"""Where a dossier is and what is in force: rounds, gates, standing, board; never an act of a person."""
