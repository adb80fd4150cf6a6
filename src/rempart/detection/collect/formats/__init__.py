"""The formats of text: importing this package registers them all."""

from rempart.detection.collect.formats import (
    access,
    auditd,
    cef,
    csv,
    pairs,
    squid,
    syslog,
    text,
    w3c,
)

__all__ = ["access", "auditd", "cef", "csv", "pairs", "squid", "syslog", "text", "w3c"]
