"""One room a stage, the same file names in each; a stage knows only those before it."""
