"""What a recognised person may see, and how they were recognised; never a page, never a rule of the method."""
