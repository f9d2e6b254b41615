"""The collection: questionnaires, trames, inventory, calendar, and what comes back; never a score."""
