"""One spider for each way into a source; all of them walk the same walk."""
