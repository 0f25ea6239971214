"""Corrective actions for people and programs."""
