"""All the SQL of the collector: one module a table family, migrations and views beside them."""
