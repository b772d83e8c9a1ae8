"""What the weekly run has to tell, by mail: rows of the database in, one message out, kept until a server has taken it."""
