"""What people choose of the rules: read from files, written into the log of insight, listed."""
