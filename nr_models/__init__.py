"""Ce que l'on sait et ce que l'on décide : tables, valeurs figées, règles pures de la méthode."""
