"""The audit for people and programs, and its grades beside the figures."""
