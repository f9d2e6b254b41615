"""What is known and decided: frozen values, tables, pure rules of the method; never a file or an office library."""
