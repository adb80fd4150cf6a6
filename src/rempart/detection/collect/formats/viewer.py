"""What Windows' Event Viewer exports as CSV, in French or in English: few columns, and the message people read."""

from collections.abc import Sequence

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import moments
from rempart.detection.collect.formats.context import Context
from rempart.detection.events import TIME

_HEADERS = {
    "fr": ("Niveau", "Date et heure", "Source", "ID de l’événement", "Catégorie de la tâche"),
    "en": ("Level", "Date and Time", "Source", "Event ID", "Task Category"),
}
_FORMS = {"fr": ("%d/%m/%Y %H:%M:%S",), "en": ("%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %H:%M:%S")}
_NATIVE = ("Level", "@when", "Provider_Name", "EventID", "Task")
_SOURCES = {
    "microsoft-windows-security-auditing": "windows/security",
    "microsoft-windows-eventlog": "windows/security",
    "microsoft-windows-sysmon": "windows/sysmon",
    "sysmon": "windows/sysmon",
    "microsoft-windows-powershell": "windows/powershell",
    "powershell (microsoft-windows-powershell)": "windows/powershell",
    "powershell": "windows/powershell-classic",
    "service control manager": "windows/system",
    "microsoft-windows-taskscheduler": "windows/taskscheduler",
    "windows defender": "windows/windefend",
    "microsoft-windows-windows defender": "windows/windefend",
}
_MESSAGE_LINE = r"(?m)^\s*{name}:[ \t]*(.*?)[ \t\r]*$"
_SYSMON_FIELDS = (
    *("Image", "CommandLine", "CurrentDirectory", "User", "ParentImage", "ParentCommandLine", "Hashes", "EventType"),
    *(
        "TargetFilename",
        "TargetObject",
        "Details",
        "DestinationIp",
        "DestinationPort",
        "DestinationHostname",
        "Initiated",
    ),
    *("OriginalFileName", "IntegrityLevel", "LogonId", "ProcessId", "SourceImage", "TargetImage", "GrantedAccess"),
    *("ImageLoaded", "PipeName", "QueryName"),
)


def language_of(header: Sequence[str]) -> str | None:
    """Return the language of an export of Event Viewer, None when these are other columns."""
    plain = [name.replace("'", "’").replace("\ufffd", "’") for name in header[:5]]
    return next((language for language, names in _HEADERS.items() if plain == list(names)), None)


def events_of(frame: pl.DataFrame, language: str, context: Context) -> pl.DataFrame:
    """Return events of Windows: system fields, and the message; what Sysmon says in its message is read as fields.

    Args:
        frame: the columns of the export in order, the message last.
        language: of its header.
        context: of the file.

    """
    columns = [name for name in frame.columns if not name.startswith("@")]
    names = dict(zip(columns, (*_NATIVE, "Message"), strict=False))
    frame = frame.rename(names)
    frame = frame.select(
        pl.col("^@.*$"), *(name for name in (*_NATIVE, "Message") if name in frame.columns and name != "@when")
    )
    at = moments.none(len(frame))
    for form in _FORMS[language]:
        at = at.zip_with(
            at.is_not_null(),
            moments.local(moments.said(frame.get_column("@when").set(at.is_not_null(), None), form), context),
        )
    source = pl.col("Provider_Name").str.to_lowercase().replace_strict(_SOURCES, default="windows/other")
    made = frame.with_columns(
        at.alias(TIME), source.alias(SOURCE), context.known(frame.get_column("EventID")).alias(CODE)
    )
    if "Message" not in made.columns or not (made.get_column(SOURCE) == "windows/sysmon").any():
        return made
    sysmon = pl.col(SOURCE) == "windows/sysmon"
    return made.with_columns(
        pl.when(sysmon).then(pl.col("Message").str.extract(_MESSAGE_LINE.format(name=name))).alias(name)
        for name in _SYSMON_FIELDS
    )
