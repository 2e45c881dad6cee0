"""What stands around records in JSON: lists, pages and buckets, which are taken off."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from xl_pricing.bills.json_values import BAD, Bad
from xl_pricing.bills.moments import utc_text

DEEPEST = 6
"""Frames inside each other at most."""


class Page(NamedTuple):
    """From when to when a page reaches, and whether more follows it."""

    kind: str
    """What its results say that they are; empty where it has none."""
    start: object
    end: object
    has_more: bool


class Frames:
    """Takes frames off, and keeps what they say."""

    def __init__(self) -> None:
        """Begin without any."""
        self.pages: list[Page] = []
        self.buckets = 0

    def records(self, content: object, deep: int = 0) -> Iterator[Mapping[str, Any] | Bad]:
        """Yield the records in a value, and `BAD` for what is no object."""
        if isinstance(content, list) and deep < DEEPEST:
            for each in content:
                yield from self.records(each, deep + 1)
        elif not isinstance(content, dict) or deep >= DEEPEST:
            yield BAD
        elif _is_bucket(content):
            yield from self._bucket(content)
        elif _is_page(content):
            self._note(content)
            for each in content["data"]:
                yield from self.records(each, deep + 1)
        else:
            yield content

    def missing_pages(self) -> Iterator[str]:
        """Say which pages are missing: more follows, and no page begins where it ends."""
        pages = self.pages
        for page in pages:
            kinds = {page.kind, ""}
            follow = [
                p for p in pages if p.start == page.end and (p.kind in kinds or not page.kind)
            ]
            if page.has_more and not follow:
                end = utc_text(page.end)
                yield f"a page that ends at {end} says that more follows, and no page does"

    def _bucket(self, bucket: Mapping[str, Any]) -> Iterator[Mapping[str, Any] | Bad]:
        self.buckets += 1
        time = {name: bucket.get(name) for name in ("start_time", "end_time")}
        for result in bucket["results"]:
            yield {**result, **time} if isinstance(result, dict) else BAD

    def _note(self, page: Mapping[str, Any]) -> None:
        buckets = [each for each in page["data"] if isinstance(each, dict) and "start_time" in each]
        begin = buckets[0].get("start_time") if buckets else None
        end = buckets[-1].get("end_time") if buckets else None
        kind = next(filter(None, map(_kind, buckets)), "")
        self.pages.append(Page(kind, begin, end, page.get("has_more") is True))


def _kind(bucket: Mapping[str, Any]) -> str:
    """Return what the results of a bucket say that they are."""
    results = bucket.get("results")
    result = results[0] if isinstance(results, list) and results else None
    kind = result.get("object") if isinstance(result, dict) else None
    return kind if isinstance(kind, str) else ""


def is_frame(content: object) -> bool:
    """Tell whether a value holds records, and is none itself."""
    if isinstance(content, dict):
        return _is_bucket(content) or _is_page(content)
    return isinstance(content, list)


def _is_bucket(content: Mapping[str, Any]) -> bool:
    return isinstance(content.get("results"), list) and "start_time" in content


def _is_page(content: Mapping[str, Any]) -> bool:
    """Tell a page or a list from an answer of the Images API, which has data too."""
    is_answer = {"usage", "created", "created_at"} & content.keys()
    return isinstance(content.get("data"), list) and not is_answer
