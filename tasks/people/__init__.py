"""Personal data: what is kept on someone, given to them, erased; never a decision undone."""
