"""Processes, accounts and ports of this machine."""
