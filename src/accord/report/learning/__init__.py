"""What outcomes teach, for people and programs."""
