"""DNS: what a message says, which questions a judgement still lacks, and whether signatures hold. Pure."""


class Malformed(ValueError):  # noqa: N818 — what it is, not that it is an error
    """Bytes or a name that the protocol does not allow."""
