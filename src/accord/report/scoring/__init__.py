"""Scores for people and programs."""
