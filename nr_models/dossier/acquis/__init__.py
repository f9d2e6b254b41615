"""What was approved last of each stage, and what its next version changes; never what one decides of it."""
