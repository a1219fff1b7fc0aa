"""What goes into a house and what comes out of it."""
