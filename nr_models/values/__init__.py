"""Values that know nothing of the method: frozen, exact, dated, written in French; never a table or a rule."""
