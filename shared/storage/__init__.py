"""The store on PostgreSQL and its twin in memory."""
