"""Events by hand and by the file: published, followed, read back."""
