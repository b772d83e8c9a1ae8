"""How we crawl: Scrapy settings only, each with its reason. What we watch is data, where things lie are options."""

BOT_NAME = "nq57"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Who we are, honestly, and whom to write to. `nq57 crawl` fills NQ57_CONTACT from the environment.
NQ57_CONTACT = "https://example.org/nq57"
USER_AGENT = f"NQ57-coverage-monitor/0.1 (+{NQ57_CONTACT})"
NQ57_ROBOTS_AGENT = "NQ57-coverage-monitor"

# One polite slot a host; many hosts at once.
CONCURRENT_REQUESTS = 128  # many hosts hang at once before the good ones wait for a place
SCHEDULER_PRIORITY_QUEUE = "crawler.fairness.FairQueue"
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.25
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 30.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# Scrapy starts CONCURRENT_ITEMS tasks for every response, whatever it yields: 2 instead of 100 halves its CPU time.
CONCURRENT_ITEMS = 2

# Bounds: the whole response within 30 s, 10 MB after decompression (documents and sitemaps ask for more), 5 redirects, 3 tries.
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 10_000_000
DOWNLOAD_WARNSIZE = 0
NQ57_DOCUMENT_MAXSIZE = 50_000_000
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 408, 429]
DNS_TIMEOUT = 20
URLLENGTH_LIMIT = 2_048
NQ57_MAX_LISTING_PAGES = 10  # following pages of one listing; 200 with --since
NQ57_MAX_LISTING_PAGES_SINCE = 200
NQ57_MAX_SITEMAPS = 50  # nested sitemaps of one source in one run; 1,000 with --since
NQ57_MAX_SITEMAPS_SINCE = 1_000
NQ57_MAX_PAGES_PER_SOURCE = 5_000  # the rest stays `discovered` for the next run

# Only the web, only what a source may reach, and nothing about us beyond the User-Agent.
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.PoliteHandler",
    "https": "crawler.handler.PoliteHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # evidence must come from whom it names: docs/decisions/0003-certificates.md
NQ57_BROKEN_CERTIFICATES: list[str] = []  # hosts that are read all the same, each with its reason and day beside it
TWISTED_DNS_RESOLVER = "crawler.download.GuardedResolver"
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
HTTPPROXY_ENABLED = False  # proxy variables of the environment are ignored; --proxy is the only way
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/rss+xml,application/atom+xml,*/*;q=0.7",
    "Accept-Language": "vi,en;q=0.6",
}

# robots.txt by RFC 9309 instead of Scrapy's own, which takes a failing robots.txt for a permission.
ROBOTSTXT_OBEY = False
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.GuardMiddleware": 50,
    "crawler.middlewares.RobotsMiddleware": 100,
    "crawler.middlewares.EncodingMiddleware": 595,  # nearer to the net than HttpCompressionMiddleware (590)
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
# Each of them wraps once more whatever a callback yields, a tenth of the CPU time of a page. What they do is done elsewhere or
# not wanted: statuses are answers, no Referer is sent, the guard bounds addresses, depth is bounded by number of pages.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {
    "crawler.pipelines.ScanPipeline": 100,
    "crawler.pipelines.ArchivePipeline": 200,
    "crawler.pipelines.LedgerPipeline": 300,
}
EXTENSIONS = {
    "crawler.extensions.Session": 0,
    "crawler.extensions.Stopping": 10,
    "crawler.extensions.Progress": 500,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}

# The ledger knows every URL; a second memory of fingerprints would only hide a doubled request from the tests.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.quiet.Quiet"
FEED_EXPORT_ENCODING = "utf-8"

# Where things are; `nq57 crawl` sets them, `scrapy crawl` takes them from -s or the defaults.
NQ57_DB = ""
NQ57_ROSTER = ""
NQ57_RUN = 0
NQ57_SINCE = ""
NQ57_UNATTENDED = False  # the weekly run: what has been failing for long is asked at its own time only
NQ57_PROXY = ""
NQ57_PROXY_NAMES: list[str] = []  # names that the proxy plays itself: not resolved here
NQ57_ALLOW_ADDRESSES: list[str] = []
