"""The leads that come back, for people and programs."""
