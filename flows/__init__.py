"""L'ordre : dans quel ordre on avance, et où l'on attend."""
