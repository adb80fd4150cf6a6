"""The little of a page that is judged: its title, forms, scripts, links and what it loads. Bounded in all it keeps."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeVar

HTML_LIMIT = 1 << 17
_Item = TypeVar("_Item")
_MOST = 200
_LONGEST = 2048
_SPACES = re.compile(r"\s+")
_CHARSET = re.compile(rb"""charset=["']?([\w-]{2,20})""", re.IGNORECASE)
_ACTIVE = {"script": "src", "iframe": "src", "object": "data", "embed": "src", "link": "href"}
_PASSIVE = {"img": "src", "audio": "src", "video": "src", "source": "src"}


@dataclass(frozen=True, slots=True)
class Script:
    """A script loaded from elsewhere than the page's own text."""

    source: str
    integrity: bool


@dataclass(slots=True)
class Form:
    """A form: where it sends, how, and whether a field holds a password."""

    action: str
    method: str
    password: bool = False


@dataclass(slots=True)
class Page:
    """What was read of a page."""

    title: str | None = None
    generator: str | None = None
    base: str | None = None
    refresh: str | None = None
    icon: str | None = None
    scripts: list[Script] = field(default_factory=list)
    inline_scripts: int = 0
    forms: list[Form] = field(default_factory=list)
    password: bool = False  # a password field, in a form or not
    policies: list[str] = field(default_factory=list)  # Content-Security-Policy of <meta>
    referrer: str | None = None
    active: list[str] = field(default_factory=list)  # what could act on the page: scripts, style sheets, frames
    passive: list[str] = field(default_factory=list)  # images, sounds, films


class _Reader(HTMLParser):
    """Fills a `Page` as tags come; counts are bounded by `_MOST`, texts by `_LONGEST`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._title: list[str] | None = None
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "")[:_LONGEST].strip() for name, value in reversed(attrs[:64])}
        if tag == "title" and self.page.title is None and self._title is None:
            self._title = []
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            _add(self.page.forms, self._form)
        elif tag == "input" and given.get("type", "").lower() == "password":
            self.page.password = True
            if self._form:
                self._form.password = True
        elif tag == "meta":
            self._meta(given)
        elif tag == "base" and self.page.base is None:
            self.page.base = given.get("href")
        else:
            self._loaded(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title" and self._title is not None:
            self.page.title = _SPACES.sub(" ", "".join(self._title))[:_LONGEST].strip()
            self._title = None
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._title is not None and len(self._title) < _MOST:
            self._title.append(data[:_LONGEST])

    def _meta(self, given: dict[str, str]) -> None:
        content, name, equivalent = given.get("content", ""), given.get("name", "").lower(), given.get("http-equiv", "")
        if equivalent.lower() == "content-security-policy" and content:
            _add(self.page.policies, content)
        elif equivalent.lower() == "refresh":
            self.page.refresh = content
        elif name == "generator" and self.page.generator is None:
            self.page.generator = content
        elif name == "referrer" and content:
            self.page.referrer = content

    def _loaded(self, tag: str, given: dict[str, str]) -> None:
        relations = given.get("rel", "").lower().split()
        if tag == "script" and "src" in given:
            _add(self.page.scripts, Script(given["src"], bool(given.get("integrity"))))
        elif tag == "script":
            self.page.inline_scripts += 1
        elif tag == "link" and "icon" in relations and self.page.icon is None:
            self.page.icon = given.get("href")
        if tag == "link" and "stylesheet" not in relations:
            return
        for kept, attribute in ((self.page.active, _ACTIVE.get(tag)), (self.page.passive, _PASSIVE.get(tag))):
            if attribute and given.get(attribute):
                _add(kept, given[attribute])


def _add(kept: list[_Item], item: _Item) -> None:
    if len(kept) < _MOST:
        kept.append(item)


def text_of(body: bytes, content_type: str = "") -> str:
    """Return the text of a body in the encoding that it says, bytes that make no sense replaced."""
    said = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(body[:1024])
    try:
        return body[:HTML_LIMIT].decode(said[1].decode() if said else "utf-8", "replace")
    except (LookupError, UnicodeError, ValueError):  # an encoding Python does not know, or one that is not of text
        return body[:HTML_LIMIT].decode("utf-8", "replace")


def read_page(text: str) -> Page:
    """Read the first `HTML_LIMIT` characters of a page; a construct that never ends hides what follows it."""
    reader = _Reader()
    try:
        reader.feed(text[:HTML_LIMIT])  # never closed: the library would then look again from every "<" of the rest
    except AssertionError:  # how html.parser says that a declaration makes no sense
        return reader.page
    return reader.page
