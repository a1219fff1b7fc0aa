"""What people choose of a rule: its settings, and who adopted them when, on what evidence. Pure."""
