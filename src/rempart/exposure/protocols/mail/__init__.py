"""Mail: what the records and servers of a domain say of who may send and how. Pure."""


class Malformed(ValueError):  # noqa: N818 — what it is, not that it is an error
    """A record or an answer that its standard does not allow."""
