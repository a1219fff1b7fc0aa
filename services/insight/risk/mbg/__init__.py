"""MBG/NBD: its likelihood, its fit, and what it says of one history. Pure."""
