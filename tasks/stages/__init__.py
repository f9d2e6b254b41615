"""One room a stage, the same file names in each; a stage knows those before it and never those after."""
