"""Handing over and overrides for people and programs."""
