"""Real parts for tests: servers and data that more than one area needs."""
