"""All that knows the Prefect server: started, reached, its runs closed; never a dossier's order."""
