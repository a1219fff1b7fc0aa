"""Chosen dead letters: shown whole, sent through their services again, or given up."""
