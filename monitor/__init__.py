"""Join, measure, report: the roof over the two wings, and the one door."""
