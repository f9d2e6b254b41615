"""The web pages; never a rule or a query."""
