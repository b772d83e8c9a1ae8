"""Archived bytes in, one Article out: `article.read_page`; what each module reads is its name. No network, no database."""
