"""Scoring by the agreement: one meaning in two forms, for one lead and for all. See docs/method/scoring.md."""
