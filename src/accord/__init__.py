"""Accord: marketing and sales agree on what a good lead is, and see whether the agreement holds."""

__version__ = "0.1.0"
