"""What outcomes teach: a proposed scorecard, leaks found before they teach, and how good a score is."""
