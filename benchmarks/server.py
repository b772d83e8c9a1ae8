"""A web of many hosts for the crawl: pre-rendered gzip pages on loopback addresses, in a process of its own."""

from __future__ import annotations

import asyncio
import gzip
import re
import sys

from benchmarks.pages import plain_pages, related_pages

HOSTS = 40
_KINDS = 10
"""Different pages; an address tells which it shows."""
_PATH = re.compile(rb"GET (/[^ ]*) HTTP")


def host(number: int) -> str:
    """The address of a host."""
    return f"127.0.1.{number + 1}"


def article(number: int) -> str:
    """The path of an article; one of a hundred is about the Resolution."""
    return f"/{'tin' if number % 100 else 'lien-quan'}/bai-viet-so-thu-tu-{100_000 + number}.html"


def _answer(body: bytes, kind: bytes, *, status: bytes = b"200 OK", packed: bool = True) -> bytes:
    body = gzip.compress(body, 6) if packed else body
    encoding = b"Content-Encoding: gzip\r\n" if packed else b""
    head = b"HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\nServer: bench\r\n\r\n"
    return head % (status, kind, encoding, len(body)) + body


class _Web:
    def __init__(self, articles: int, size: int) -> None:
        self._articles = articles
        self._unrelated = [_answer(page, b"text/html; charset=utf-8") for page in plain_pages(_KINDS, size=size)]
        self._related = [_answer(page, b"text/html; charset=utf-8") for page in related_pages(_KINDS, size=size)]
        self._missing = _answer(b"", b"text/plain", status=b"404 Not Found", packed=False)

    def answer(self, path: bytes, own: str) -> bytes:
        if path == b"/sitemap.xml":
            urls = "".join(f"<url><loc>http://{own}{article(n)}</loc></url>" for n in range(self._articles))
            listed = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
            return _answer(listed.encode(), b"application/xml")
        if path.startswith(b"/lien-quan/"):
            return self._related[hash(path) % _KINDS]
        return self._unrelated[hash(path) % _KINDS] if path.startswith(b"/tin/") else self._missing

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = "{}:{}".format(*writer.get_extra_info("sockname")[:2])
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = _PATH.match(request)
                writer.write(self.answer(path[1] if path else b"", own))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def _main(articles: int, size: int, hosts: int) -> None:
    web = _Web(articles, size)
    first = await asyncio.start_server(web.serve, host(0), 0)
    port = first.sockets[0].getsockname()[1]
    async with first, await asyncio.start_server(web.serve, [host(n) for n in range(1, hosts)], port):
        print(port, flush=True)
        await first.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(*map(int, sys.argv[1:4])))
