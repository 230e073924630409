"""The summary: a plan as its readers read it, in parts made of blocks."""
