"""The log files of the night: each line in the shape its product writes, in order of time."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from rempart.detection.demo.cast import cast

PARIS = ZoneInfo("Europe/Paris")
_PROVIDERS = {
    "Security": "Microsoft-Windows-Security-Auditing",
    "System": "Service Control Manager",
    "Microsoft-Windows-Sysmon/Operational": "Microsoft-Windows-Sysmon",
    "Microsoft-Windows-PowerShell/Operational": "Microsoft-Windows-PowerShell",
    "Microsoft-Windows-Windows Defender/Operational": "Microsoft-Windows-Windows Defender",
}
_CHANNELS = {
    "sysmon": "Microsoft-Windows-Sysmon/Operational",
    "security": "Security",
    "system": "System",
    "powershell": "Microsoft-Windows-PowerShell/Operational",
    "windefend": "Microsoft-Windows-Windows Defender/Operational",
}
HEADERS = {
    "iis/u_ex.log": "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time s-ip "
    "cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-bytes time-taken\n",
    "vpn/vpn.csv": "time,user,src_ip,country,vendor,device,action,outcome\n",
    "maintenance/bastion.csv": "time,user,src_ip,country,vendor,device,action,outcome\n",
    "dpi/dpi-acces.csv": "Date accès;Agent;Unité agent;Poste;IPP;Type accès;Service\n",
}


class Logbook:
    """Takes events in any order and writes one file a product."""

    def __init__(self) -> None:
        self._lines: dict[str, list[tuple[datetime, bytes]]] = {}
        self._records = 0

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def line(self, file: str, at: datetime, text: str) -> None:
        """Add a line of text to a file."""
        self._lines.setdefault(file, []).append((at, text.encode()))

    def windows(self, at: datetime, log: str, code: int, machine: str, fields: Mapping[str, str]) -> None:
        """Add a Windows event: workstations send by nxlog, servers by winlogbeat."""
        self._records += 1
        channel = _CHANNELS[log]
        computer = cast().full(machine)
        if machine in cast().servers:
            file, told = "windows/serveurs-winlogbeat.jsonl", _winlogbeat(at, channel, code, computer, fields)
            told["winlog"]["record_id"] = self._records  # type: ignore[index]
        else:
            file, told = "windows/postes-nxlog.jsonl", _nxlog(at, channel, code, computer, fields)
            told["RecordNumber"] = self._records
        self._lines.setdefault(file, []).append((at, orjson.dumps(told)))

    def record(self, file: str, at: datetime, fields: Mapping[str, object]) -> None:
        """Add an object of JSON to a file, its moment first."""
        self._lines.setdefault(file, []).append((at, orjson.dumps({"timestamp": stamp(at), **fields})))

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write every file, and return their paths."""
        paths = []
        for file, lines in sorted(self._lines.items()):
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            lines.sort(key=lambda line: line[0])
            path.write_bytes(HEADERS.get(file, "").encode() + b"\n".join(text for _, text in lines) + b"\n")
            paths.append(path)
        return tuple(paths)


def stamp(at: datetime) -> str:
    """Return a moment as JSON logs write it, UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def local(at: datetime, shape: str) -> str:
    """Return a moment in the hospital's time."""
    return at.astimezone(PARIS).strftime(shape)


def _nxlog(at: datetime, channel: str, code: int, computer: str, fields: Mapping[str, str]) -> dict[str, object]:
    return {
        "@timestamp": stamp(at),
        "EventTime": local(at, "%Y-%m-%d %H:%M:%S"),
        "Hostname": computer,
        "EventID": code,
        "SourceName": _PROVIDERS[channel],
        "Channel": channel,
        **fields,
    }


def _winlogbeat(at: datetime, channel: str, code: int, computer: str, fields: Mapping[str, str]) -> dict[str, object]:
    winlog: dict[str, object] = {
        "channel": channel,
        "event_id": str(code),
        "provider_name": _PROVIDERS[channel],
        "computer_name": computer,
        "event_data": dict(fields),
    }
    return {
        "@timestamp": stamp(at),
        "event": {"code": str(code), "kind": "event", "provider": _PROVIDERS[channel]},
        "host": {"name": computer},
        "agent": {"type": "winlogbeat", "version": "8.15.0"},
        "winlog": winlog,
    }
