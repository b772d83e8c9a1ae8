"""Every endpoint asked and read once, nothing fetched that it lists: what `nq57 sources check` runs."""

from crawler.spiders.walk import WalkingSpider


class CheckSpider(WalkingSpider):
    """`scrapy crawl check -a source=ID[,ID]`; its database should be a new one, for what it sees is no crawl."""

    name = "check"
    ways = frozenset({"home", "feed", "sitemap", "listing", "column"})
    only_look = True
