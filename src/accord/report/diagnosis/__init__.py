"""A diagnosis for people and programs."""
