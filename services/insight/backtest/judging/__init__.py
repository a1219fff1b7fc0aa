"""What alerts were worth: labels, scores, and plain rules beside them."""
