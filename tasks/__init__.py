"""Les mains : lire, rendre, ranger, envoyer. Aucune règle de la méthode ici."""
