"""One harness a parser: what it does with any bytes, and valid inputs to start from, made by the tests' writers.

`python -m tools.fuzz_harnesses NAME FOLDER [libFuzzer options]` runs one of them under atheris until its time is over.
An exception that is not a RempartError is a finding: it is written once in FOLDER, and the run goes on.
"""

import hashlib
import io
import json
import sys
import traceback
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from tools.fuzz_detection_formats import LOGS
from tools.fuzz_detection_scan import SCANS
from tools.fuzz_tls import TLS

FINDING = "finding-"
_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
_CUT = b"\n%%\n"
"""Between the two files of an ORADAD input."""
_LONGEST_NAME = 200

Run = Callable[[bytes, Path], object]
Seeds = Callable[[Path], Iterable[bytes]]


@dataclass(frozen=True)
class Harness:
    """`run` takes any bytes and a folder of its own; `seeds` gives valid inputs; `longest` bounds one, in bytes."""

    run: Run
    seeds: Seeds
    longest: int = 4096


def _module(name: str) -> ModuleType:
    """Import when a harness is built: atheris instruments a module as it is imported."""
    return import_module(name)


def _silent(done: int, total: int | None) -> None:
    """Show nothing."""


def _by_file(reader: str) -> Run:
    """Return what writes the bytes to a file and has a reader of `collect` recognise, then read it."""
    module = _module(f"rempart.directory.collect.{reader}")

    def run(data: bytes, folder: Path) -> None:
        path = folder / "input"
        path.write_bytes(data)
        module.recognises(path)
        module.read(path, _silent)

    return run


# -- what the tests' writers give --------------------------------------------------------------------------------------


def _records() -> dict[str, dict[str, list[bytes]]]:
    """Return a few records of the tests' forest: the domain, a user, a group, a policy, a zone."""
    maker_module = _module("tests.directory.maker")
    maker = maker_module.Maker()
    domain = maker_module.DN
    alice = maker.user("Alice", adminCount=1, servicePrincipalName=["http/alice"])
    group = maker.group("Pharmacie", members=[alice])
    policy = maker.gpo("Postes", domain)
    zone = _module("tests.directory.controls.test_dns").add_zone(maker, "hopital.test", 1)
    configuration = f"CN=Configuration,{domain}"
    return {dn: maker.records[dn] for dn in (domain, configuration, alice, group, policy, zone)}


def _descriptors(_: Path) -> list[bytes]:
    maker = _module("tests.directory.maker")
    aces = [
        ("A", maker.FULL_CONTROL, maker.SYSTEM),
        ("D", 0x100, "S-1-1-0", {"object": maker.ENROLL, "inherited_type": maker.AUTO_ENROLL, "flags": 2}),
    ]
    return [maker.make_descriptor(), maker.make_descriptor(aces=aces, protected=True)]


def _ldif(_: Path) -> list[bytes]:
    records = _records()
    text = _module("tests.directory.writers").ldif(records)
    trailer = b"\n# search result\nsearch: 2\nresult: 4 Size limit exceeded\n"
    return [text[:1500], text + trailer, text.replace(b"\n", b"\r\n"), text.decode().encode("utf-16")]


def _oradad(folder: Path) -> list[bytes]:
    """A list of tables and one table, joined."""
    home = _module("tests.directory.writers").write_oradad(_records(), folder, _AT)
    lines = (home / "tables.tsv").read_bytes().splitlines(keepends=True)
    tables = {line.split(b"\t")[0].replace(b"\\", b"/").decode(): line for line in lines[1:]}
    return [lines[0] + tables[name] + _CUT + (home / name).read_bytes() for name in sorted(tables)]


def _adexplorer(_: Path) -> list[bytes]:
    writer = _module("tests.directory.collect.test_adexplorer")
    return [writer.make_file([writer.HEAD]), writer.make_file([writer.HEAD, writer.ALICE])]


def _messages(_: Path) -> list[bytes]:
    writer = _module("tests.directory.collect.test_adalanche")
    return [writer.pack(writer.ROOT) + writer.pack(_records())]


def _frames(folder: Path) -> list[bytes]:
    writer = _module("tests.directory.collect.test_adalanche")
    content = _messages(folder)[0]
    return [writer.frame(content), writer.frame(content, flags=writer.LINKED), writer.frame(content, stored=True)]


def _sharphound(_: Path) -> list[bytes]:
    writer = _module("tests.directory.collect.test_sharphound")
    ace = {"PrincipalSID": writer.GROUP, "RightName": "GenericAll", "IsInherited": False}
    trust = {"TargetDomainName": "AUTRE.TEST", "TargetDomainSid": "S-1-5-21-4-5-6", "TrustDirection": "Outbound"}
    domain = writer.domain() | {"Aces": [ace], "Trusts": [trust], "Links": [{"GUID": writer.GPO, "IsEnforced": True}]}
    group = writer.node(writer.GROUP, f"CN=G,{writer.UPPER}", Members=[{"ObjectIdentifier": writer.ALICE}])
    return [
        writer.dump("users", [writer.user(pwdlastset=1700000000, sidhistory=["S-1-5-21-9-9-9-500"])]),
        writer.dump("domains", [domain], meta_first=True),
        writer.dump("groups", [group], bom=True),
        writer.dump("groups", [group], version=3),
    ]


def _archives(folder: Path) -> list[bytes]:
    writer = _module("tests.directory.collect.test_archive")
    made = [
        writer.as_zip(folder / "a.zip"),
        writer.as_tar(folder / "a.tar"),
        writer.as_tar(folder / "a.tgz", mode="w:gz"),
    ]
    return [path.read_bytes() for path in made]


def _saved(folder: Path) -> list[bytes]:
    snapshot = _module("rempart.directory.snapshot")
    snapshot.save(_module("tests.directory.maker").Maker().snapshot(), folder / "s.rempart")
    return [(folder / "s.rempart").read_bytes()]


def _tables(_: Path) -> list[bytes]:
    snapshot = _module("rempart.directory.snapshot")
    return list(snapshot.seal(_module("tests.directory.maker").Maker().snapshot())[1].values())


def _attestations(_: Path) -> list[bytes]:
    return [_module("rempart.proof.envelope").sign(_claim(), _signer())]


def _payloads(_: Path) -> list[bytes]:
    return [_claim().payload()]


def _reports(_: Path) -> list[bytes]:
    return [_module("tests.proof.test_proof").make_report().model_dump_json().encode()]


def _claim() -> object:
    made = _module("tests.proof.test_proof")
    return _module("rempart.proof.attestation").Attestation.of(made.make_report(), challenge=made.CHALLENGE)


def _signer() -> object:
    """Return a signer whose key is the same at every run, so that what is found can be found again."""
    crypto = _module("cryptography.hazmat.primitives.asymmetric.ed25519")
    private = crypto.Ed25519PrivateKey.from_private_bytes(bytes(32))
    return _module("securesystemslib.signer").CryptoSigner(private)


def _acceptances(_: Path) -> list[bytes]:
    head = b'[[acceptance]]\ncontrol = "vuln2_krbtgt"\nrole = "RSSI"\nreason = "janvier"\nuntil = 2027-01-31\n'
    return [head, head + b'subjects = ["krbtgt"]\n']


def _zone_properties(_: Path) -> list[bytes]:
    made = _module("tests.directory.controls.test_dns")
    return [made.prop(made.ALLOW_UPDATE, 1), made.prop(made.ZONE_TYPE, 1, length=4), b""]


def _certificates(_: Path) -> list[bytes]:
    made = _module("tests.directory.controls.test_certificates")
    return [*(one := [made.make_certificate(kind=kind) for kind in ("rsa", "ec", "ed", "dsa")]), made.pair(*one[:2])]


def _values(_: Path) -> list[bytes]:
    """A number of an attribute, then one value."""
    names = list(_module("rempart.directory.attributes").ATTRIBUTES)
    record = _records()
    seeds = []
    for attributes in record.values():
        for name, values in attributes.items():
            if name.lower() in names:
                seeds.append(bytes([names.index(name.lower())]) + values[0])
    return seeds


# -- what each parser does with any bytes ------------------------------------------------------------------------------


def _run_descriptors() -> Run:
    polars, parse = _module("polars"), _module("rempart.directory.graph.descriptor").parse
    schema = {"sd": polars.UInt32, "bytes": polars.Binary}
    return lambda data, _: parse(polars.DataFrame({"sd": [0, 1], "bytes": [data, b""]}, schema=schema))


def _run_oradad() -> Run:
    reader = _module("rempart.directory.collect.oradad")

    def run(data: bytes, folder: Path) -> None:
        described, _, table = data.partition(_CUT)
        first = described.split(b"\n", 1)[1:] or [b""]
        name = first[0].split(b"\t")[0].replace(b"\\", b"/").decode("latin-1")
        place = (folder / name).resolve() if name and "\0" not in name and len(name) < _LONGEST_NAME else folder
        if not place.is_relative_to(folder.resolve()) or place == folder.resolve():
            place = folder / "t.tsv"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(table)
        except OSError:  # two folders of the same name as a file: nothing to learn from it
            return
        (folder / "tables.tsv").write_bytes(described)
        reader.recognises(folder)
        reader.read(folder, _silent)

    return run


def _run_messages() -> Run:
    read, frame = _by_file("adalanche"), _module("tests.directory.collect.test_adalanche").frame
    return lambda data, folder: read(frame(data, stored=True), folder)


def _run_archives() -> Run:
    archive = _module("rempart.directory.collect.archive")

    def run(data: bytes, folder: Path) -> None:
        path = folder / "input"
        path.write_bytes(data)
        archive.is_archive(path)
        with archive.opened(path) as tree:
            for name in tree.names[:20]:
                archive.read_whole(tree, name)

    return run


def _run_saved() -> Run:
    snapshot = _module("rempart.directory.snapshot")

    def run(data: bytes, folder: Path) -> None:
        path = folder / "input"
        path.write_bytes(data)
        snapshot.is_snapshot(path)
        snapshot.open_snapshot(path)

    return run


def _run_tables() -> Run:
    """Put the bytes in place of each table of a snapshot whose digests are right: a forger can compute them too."""
    module = _module("rempart.directory.snapshot")
    sealed, members = module.seal(_module("tests.directory.maker").Maker().snapshot())

    def run(data: bytes, folder: Path) -> None:
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        for name in ("objects", "gaps"):
            tables = {**sealed.manifest.tables, name: digest}
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(
                    "manifest.json", sealed.manifest.model_copy(update={"tables": tables}).model_dump_json()
                )
                for table, content in members.items():
                    archive.writestr(f"{table}.parquet", data if table == name else content)
            (folder / "input").write_bytes(buffer.getvalue())
            module.open_snapshot(folder / "input")

    return run


def _run_attestations() -> Run:
    verify, signer = _module("rempart.proof.envelope").verify, _signer()
    return lambda data, _: verify(data, [signer.public_key], challenge="Zx3-hub_challenge-0001")


def _run_payloads() -> Run:
    """Sign any payload: an establishment's own key may sign what it likes."""
    envelope, signer = _module("rempart.proof.envelope"), _signer()
    wrapped = _module("securesystemslib.dsse").Envelope

    def run(data: bytes, _: Path) -> None:
        signed = wrapped(data, envelope.PAYLOAD_TYPE, {})
        signed.sign(signer)
        envelope.verify(
            json.dumps(signed.to_dict(), sort_keys=True, separators=(",", ":")).encode() + b"\n", [signer.public_key]
        )

    return run


def _run_reports() -> Run:
    parse = _module("rempart.measurement.report").parse_report
    return lambda data, _: parse(data, "input")


def _run_acceptances() -> Run:
    acceptance, catalogue = _module("rempart.measurement.acceptance"), _module("rempart.directory.audit").catalogue

    def run(data: bytes, folder: Path) -> None:
        (folder / "input").write_bytes(data)
        acceptance.resolve(acceptance.load_acceptances(folder / "input"), catalogue().controls.keys(), "input")

    return run


def _run_zone_properties() -> Run:
    builder, forest = _module("rempart.directory.builder"), _module("rempart.directory.forest").Forest
    dns, records = _module("rempart.directory.controls.dns"), _records()

    def run(data: bytes, _: Path) -> None:
        made = builder.SnapshotBuilder("ldif")
        for dn, record in records.items():
            made.add(dn, record | ({"dNSProperty": [data]} if "dNSProperty" in record else {}))
        dns._zones(forest(made.finish(_AT), _AT))  # noqa: SLF001 — the parser itself, without the verdict around it

    return run


def _run_certificates() -> Run:
    certificates = _module("rempart.directory.controls.certificates")

    def run(data: bytes, _: Path) -> None:
        for der in certificates.split_pair(data):
            certificates.assess(der)

    return run


def _run_values() -> Run:
    decode = _module("rempart.directory.decode").decode
    attributes = list(_module("rempart.directory.attributes").ATTRIBUTES.values())
    return lambda data, _: decode(attributes[data[0] % len(attributes)], [data[1:], b""]) if data else None


def _run_audit() -> Run:
    """Judge whatever an LDIF export says: every control meets values nobody would write."""
    reader, audit = _module("rempart.directory.collect.ldif"), _module("rempart.directory.audit").audit

    def run(data: bytes, folder: Path) -> None:
        (folder / "input").write_bytes(data)
        audit(reader.read(folder / "input", _silent))

    return run


def _of_parts(parts: Callable[[], tuple[Run, Seeds, int]]) -> Harness:
    """Return the harness of an engine's own module."""
    return Harness(*parts())


HARNESSES: dict[str, Callable[[], Harness]] = {
    "descriptors": lambda: Harness(_run_descriptors(), _descriptors),
    "values": lambda: Harness(_run_values(), _values),
    "ldif": lambda: Harness(_by_file("ldif"), _ldif, 16384),
    "oradad": lambda: Harness(_run_oradad(), _oradad, 16384),
    "adexplorer": lambda: Harness(_by_file("adexplorer"), _adexplorer),
    "adalanche": lambda: Harness(_by_file("adalanche"), _frames, 16384),
    "adalanche-messages": lambda: Harness(_run_messages(), _messages, 16384),
    "sharphound": lambda: Harness(_by_file("sharphound"), _sharphound),
    "archives": lambda: Harness(_run_archives(), _archives, 16384),
    "snapshot": lambda: Harness(_run_saved(), _saved, 65536),
    "snapshot-tables": lambda: Harness(_run_tables(), _tables, 65536),
    "attestation": lambda: Harness(_run_attestations(), _attestations),
    "attestation-payload": lambda: Harness(_run_payloads(), _payloads),
    "report": lambda: Harness(_run_reports(), _reports),
    "acceptances": lambda: Harness(_run_acceptances(), _acceptances),
    "zone-properties": lambda: Harness(_run_zone_properties(), _zone_properties, 256),
    "certificates": lambda: Harness(_run_certificates(), _certificates),
    "audit": lambda: Harness(_run_audit(), _ldif, 16384),
    "web-answer": lambda: _module("tools.fuzz_web").answer(),
    "web-page": lambda: _module("tools.fuzz_web").page(),
    "web-headers": lambda: _module("tools.fuzz_web").headers(),
    "web-snapshot": lambda: _module("tools.fuzz_web").snapshot(),
    "rule-file": lambda: _module("tools.fuzz_detection_rules").rule_file(),
    "rule-kept": lambda: _module("tools.fuzz_detection_rules").kept_rules(),
    "rule-expression": lambda: _module("tools.fuzz_detection_rules").expression(),
    "mail-spf": lambda: _module("tools.fuzz_mail").spf(),
    "mail-records": lambda: _module("tools.fuzz_mail").records(),
    "mail-servers": lambda: _module("tools.fuzz_mail").servers(),
    "dns-answers": lambda: _module("tools.fuzz_mail").answers(),
    "dns-domain": lambda: _module("tools.fuzz_mail").domain(),
    **{name: partial(_of_parts, parts) for name, parts in (TLS | LOGS | SCANS).items()},
}
"""By name; a harness is built when it runs."""


def attempt(harness: Harness, data: bytes) -> BaseException | None:
    """Give a harness one input in a fresh folder; return what escaped, if it is not a RempartError."""
    expected = _module("rempart.measurement.errors").RempartError
    with TemporaryDirectory(prefix="rempart-fuzz-", dir=_memory()) as folder:
        try:
            harness.run(data, Path(folder))
        except expected:
            return None
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 — a panic of the columns' engine is no Exception
            return error
    return None


def _memory() -> str | None:
    """Return a folder in memory, where there is one: inputs are written thousands of times."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 — a fresh folder is made in it


def _note(error: BaseException, data: bytes, folder: Path) -> None:
    """Keep one input and its trace for each place an exception comes from."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "rempart" in frame.filename]
    place = f"{type(error).__name__}|{last.filename}|{last.lineno}|{own[-1].lineno if own else 0}"
    path = folder / f"{FINDING}{hashlib.sha256(place.encode()).hexdigest()[:12]}"
    if not path.exists():
        path.write_bytes(data)
        trace = "".join(traceback.format_exception(error))
        path.with_name(f"{path.name}.txt").write_text(trace, encoding="utf-8", errors="replace")


def main() -> None:
    """Run one harness under atheris; its seeds and findings go to the folder."""
    import atheris  # noqa: PLC0415 — only the fuzzing set-up has it

    name, folder, *options = sys.argv[1:]
    place = Path(folder)
    corpus = place / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["rempart"]):
        harness = HARNESSES[name]()
        _module("rempart.measurement.errors")
    with TemporaryDirectory() as work:
        for seed in harness.seeds(Path(work)):
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)

    def test_one_input(data: bytes) -> None:
        error = attempt(harness, data)
        if error is not None:
            _note(error, data, place)

    atheris.Setup(
        [name, str(corpus), f"-artifact_prefix={place}/", f"-max_len={harness.longest}", *options], test_one_input
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
