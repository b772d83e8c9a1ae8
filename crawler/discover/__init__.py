"""The bytes of a feed, sitemap, listing or column in; the links to articles and documents that they list out."""
