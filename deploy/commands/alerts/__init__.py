"""What alerts there are, and what they are worth."""
