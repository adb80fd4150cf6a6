"""The formats of text: importing this package registers them all."""

from rempart.detection.collect.formats import (
    access,
    auditd,
    cef,
    csv,
    daemon,
    declared_json,
    m365,
    pairs,
    squid,
    syslog,
    text,
    w3c,
)

__all__ = [
    "access",
    "auditd",
    "cef",
    "csv",
    "daemon",
    "declared_json",
    "m365",
    "pairs",
    "squid",
    "syslog",
    "text",
    "w3c",
]
