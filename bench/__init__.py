"""Measures two paths of the house beside four peers, on one Kafka and one PostgreSQL: `python -m bench`."""
