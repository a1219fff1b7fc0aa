"""A whole house on this machine: planned, opened, mended, closed."""
