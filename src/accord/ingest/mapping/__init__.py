"""Mappings: which column of an export becomes what, as data that people can read and edit."""
