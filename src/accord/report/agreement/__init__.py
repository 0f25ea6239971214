"""The agreement, its versions and what changes between them, in words."""
