"""How far a running house is, and how that is shown."""
