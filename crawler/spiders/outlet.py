"""Everything that a source offers: feeds, sitemaps, section pages, dedicated columns, linked documents."""

from crawler.spiders.walk import WalkingSpider


class OutletSpider(WalkingSpider):
    """`scrapy crawl outlet -a source=ID[,ID]`; without `source`, every source of the roster."""

    name = "outlet"
    ways = frozenset({"home", "feed", "sitemap", "listing", "column"})
