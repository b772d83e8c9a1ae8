"""The feeds of a source, and the articles that they announce."""

from crawler.spiders.walk import WalkingSpider


class FeedsSpider(WalkingSpider):
    """`scrapy crawl feeds -a source=ID[,ID]`; without `source`, every source of the roster."""

    name = "feeds"
    ways = frozenset({"feed"})
