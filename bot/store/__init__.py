"""The durable side: one table set on SQLite and PostgreSQL. Only the composition root and the migrations know it."""
