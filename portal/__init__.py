"""Where people touch the software: the command « nr », the pages, the documents; never what a flow needs."""
