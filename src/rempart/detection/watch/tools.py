"""The real pieces the daemon is made of, in one place, so that a test may see what it hands to whom."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from rempart.detection.alerts.alert import Alert, Reference
from rempart.detection.census import Census
from rempart.detection.collect.sources import Declarations
from rempart.detection.events import Block, Reading
from rempart.detection.findings import Findings
from rempart.detection.rules.form import Compiled
from rempart.detection.watch.settings import Settings

Event = Mapping[str, str | tuple[str, ...]]
Fetch = Callable[[Reference], Event | None]


@dataclass(frozen=True)
class Tools:
    """What the daemon calls.

    Attributes:
        paths: the files and folders that rules and filters come from.
        load: settings, folder of the cache -> compiled rules.
        read: a file to read whole, what to take of it, where to count -> its events.
        reading: what of the events they read.
        match: a block and the rules -> the table of matches.
        correlate: the table of matches and the rules -> what correlations found.
        raise_alerts: findings and how to see a whole event -> alerts.
        fetch: the whole event, None when it cannot be read again.
        line: an alert, its incident, the moment it was raised -> one line of JSON for the file of alerts.
        declarations: what the hospital says of its files.

    """

    paths: Callable[[Settings], tuple[Path, ...]]
    load: Callable[[Settings, Path], Compiled]
    read: Callable[[Path, Reading, Census], Iterator[Block]]
    reading: Callable[[Compiled], Reading]
    match: Callable[[Block, Compiled], pa.Table]
    correlate: Callable[[pa.Table, Compiled], pa.Table]
    raise_alerts: Callable[[Findings, Fetch], Sequence[Alert]]
    fetch: Fetch
    line: Callable[[Alert, str, datetime], bytes]
    declarations: Declarations = field(default_factory=Declarations)
