"""Office files: workbooks, decks, documents, mails and calendars written from values; never a stage."""
