"""The rules of the seven stages and what only they use, pure; never a file, a table or a clock."""
