"""What every page of the site needs: words in two languages, formats, curves, marked texts, exports, and the guard."""
