"""The method as typed, versioned data, its lint, and what changes from one version to another; never a file."""
