"""A replay of an agreement for people and programs."""
