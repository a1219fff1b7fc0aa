"""The client libraries as this house needs them: polled by hand, and asked for what they do not tell."""
