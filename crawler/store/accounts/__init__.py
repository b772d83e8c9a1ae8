"""The accounts database: who may sign in, who is signed in, and who changed what; apart from the database that pages show."""
