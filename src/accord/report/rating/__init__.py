"""The double rating for people and programs."""
