"""The limits: what the same rows cost by hand, one prepared statement a durable transaction, with nothing but psycopg."""
