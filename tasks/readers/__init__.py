"""Read what people return: hostile until read in a bounded child process, then understood cell by cell."""
