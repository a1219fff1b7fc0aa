"""A log of purchases played through the whole house, watched, judged and drawn."""
