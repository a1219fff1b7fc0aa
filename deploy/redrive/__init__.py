"""Dead letters chosen, sent through their services again, and followed to their end."""
