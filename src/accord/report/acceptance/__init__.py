"""The acceptance report for people and programs."""
