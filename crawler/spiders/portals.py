"""The portals of bodies: home page, dedicated columns, section pages, and the documents linked from them."""

from crawler.spiders.walk import WalkingSpider


class PortalsSpider(WalkingSpider):
    """`scrapy crawl portals -a source=ID[,ID]`; without `source`, every source of the roster."""

    name = "portals"
    ways = frozenset({"home", "listing", "column"})
    kinds = frozenset({"portal"})
