"""Where things lie: settings, database, bytes, locks, outbox, clock; never what they mean."""
