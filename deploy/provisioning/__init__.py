"""What a service needs before its first start: topics, databases with their roles, schemas, access lists."""
