"""The section pages of a source with their following pages, and the articles that they list."""

from crawler.spiders.walk import WalkingSpider


class ListingsSpider(WalkingSpider):
    """`scrapy crawl listings -a source=ID[,ID]`; without `source`, every source of the roster."""

    name = "listings"
    ways = frozenset({"listing"})
