"""Sysmon for Linux: the same XML as on Windows, one event a message of syslog; the same names of fields."""

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import moments
from rempart.detection.collect.formats.bodies import MESSAGE
from rempart.detection.collect.formats.context import Context
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.spans import gathered_data
from rempart.detection.events import TEXT, TIME

SYSMON = "linux/sysmon"
_SYSTEM = {
    "EventID": r"<EventID[^>]*>(\d+)</EventID>",
    "Provider_Name": r"<Provider Name=\"([^\"]*)\"",
    "Computer": r"<Computer>([^<]*)</Computer>",
    "Channel": r"<Channel>([^<]*)</Channel>",
    "EventRecordID": r"<EventRecordID>(\d+)</EventRecordID>",
    "Level": r"<Level>(\d+)</Level>",
    "Task": r"<Task>(\d+)</Task>",
    "Opcode": r"<Opcode>(\d+)</Opcode>",
    "Keywords": r"<Keywords>([^<]*)</Keywords>",
    "ExecutionProcessID": r"<Execution ProcessID=\"(\d+)\"",
    "Security_UserID": r"<Security UserI[dD]=\"([^\"]*)\"",
}
_ENTITIES = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&apos;": "'",
    "&#10;": "\n",
    "&#13;": "\r",
    "&#9;": "\t",
}


def is_sysmon(texts: pl.Series) -> pl.Series:
    """Tell which texts Sysmon for Linux wrote."""
    return texts.str.starts_with("<Event>") & texts.str.contains("Linux-Sysmon", literal=True)


def events_of(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return events of Sysmon: system fields, then those of EventData; what is cut short keeps the fields it has."""
    texts = frame.get_column(MESSAGE)
    system = {name: texts.str.extract(pattern) for name, pattern in _SYSTEM.items()}
    data = {
        name: column.str.replace_many(list(_ENTITIES), list(_ENTITIES.values()))
        for name, column in gathered_data(texts).items()
        if name not in system and not name.startswith("@")
    }
    at = moments.iso(texts.str.extract(r"SystemTime=\"([^\"]*)\""), context)
    if TIME in frame.columns:
        at = at.zip_with(at.is_not_null(), frame.get_column(TIME))
    incomplete = frame.filter(~texts.str.ends_with("</Event>"))
    context.flaws(incomplete, "event of Sysmon cut short")
    kept = [column for column in frame if column.name.startswith("@") and column.name not in {TIME, CODE, SOURCE}]
    made = pl.DataFrame(kept).with_columns(
        *(column.alias(name) for name, column in (system | data).items()),
        at.alias(TIME),
        pl.lit(SYSMON).alias(SOURCE),
        context.known(system["EventID"]).alias(CODE),
    )
    return made.with_columns(pl.concat_str(LINE, *data, separator="\n", ignore_nulls=True).alias(TEXT))
