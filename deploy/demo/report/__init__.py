"""What a played log came to: figures, tables, pictures."""
