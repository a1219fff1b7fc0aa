"""Which failures pass by themselves, and how they are waited out."""
