"""Collect: from a name in the roster to an archived page.

The walk of one article:

1. `roster` says which source is watched, by which hosts, feeds, sitemaps, listings and columns;
2. `schedule` says which of these endpoints are due, and `spiders.walk` asks for them, conditionally;
3. `discover` reads the answer, in a child process (`apart`), and gives `items.Entry`: an address, a title, a date;
4. `urls` makes the address canonical, and `store.pages` enters it into the ledger, once for ever;
5. `middlewares` and `guard` let the request go to the source's own hosts only, politely (`courtesy`), and bound the answer;
6. `scan` looks at the raw bytes: can the Resolution be named in them at all?
7. `archive` keeps those that it can be named in as WARC records;
8. `pipelines` writes one `items.Outcome` for every address, whatever became of it;
9. `extract` makes archived bytes one `items.Article`: title, text, author, date, language;
10. `store` keeps it, and everything else that is known.
"""
