"""The checks, by what they look at. ``accord.audit.registry`` lists them all."""
