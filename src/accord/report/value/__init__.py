"""What leads are worth, for people and programs."""
