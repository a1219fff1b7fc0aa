"""Logs of purchases as people export them: read, checked, never changed."""
