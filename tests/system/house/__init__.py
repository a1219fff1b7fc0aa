"""Whole houses on this machine: what they bear, and how they come and go."""
