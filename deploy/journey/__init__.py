"""A customer's journey, for people and for programs."""
