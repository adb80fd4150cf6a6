"""HTTP as bytes: what is asked, what comes back, and what a page and its headers say (RFC 9110, 9112)."""


class Malformed(ValueError):  # noqa: N818 — what it is, not that it is an error
    """Bytes that are no answer of an HTTP server, or one beyond what is ever read."""
