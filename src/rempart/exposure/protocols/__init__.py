"""The bytes of each protocol: builders and parsers, pure, bounded, without any network."""


class Malformed(ValueError):  # noqa: N818 — it says what the bytes are
    """Bytes, a record or a name that the protocol does not allow: the one error of every parser of this room."""
