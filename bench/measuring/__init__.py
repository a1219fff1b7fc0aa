"""Who is measured, by what, and in which order."""
