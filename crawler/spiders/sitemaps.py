"""The sitemaps of a source, indexes and news sitemaps included, and the articles that they list."""

from crawler.spiders.walk import WalkingSpider


class SitemapsSpider(WalkingSpider):
    """`scrapy crawl sitemaps -a source=ID[,ID]`; without `source`, every source of the roster."""

    name = "sitemaps"
    ways = frozenset({"sitemap"})
