"""The changes of the schema of our database, in order; never one that is edited once released."""
