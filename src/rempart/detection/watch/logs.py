"""The daemon's own log: one line an entry, for the system's journal. Never the content of an event, nor a secret."""

import traceback
from pathlib import Path
from typing import TextIO

import structlog


def where(error: BaseException) -> str:
    """Return the type of an error and the line it was raised at; its message may hold the content of an event."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def prepare(stream: TextIO, *, json: bool = False) -> None:
    """Write the log to a stream, as readable lines or as JSON."""
    last = structlog.processors.JSONRenderer() if json else structlog.processors.LogfmtRenderer(bool_as_flag=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
