"""How long the national register takes to import, in both its forms, beside a plain import row by row.

A synthetic country of 103 000 sites is written to disk as the old flat files and as the daily JSON. Each is imported
into an empty database, then once more (nothing changes), then with one site in fifty renamed. The rival goes through
the ORM, `update_or_create` row by row, on the first 2 000 sites in the same run; its time is carried over to all.
Audit triggers are on for both. Run: `python benchmarks/hub_territory.py [sites]`.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import django
import psycopg
from psycopg import sql

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests import postgres

SITES = int(sys.argv[1]) if len(sys.argv) > 1 else 103_000
SITES_BY_ENTITY = 2
ROWS_OF_THE_RIVAL = 2_000
GROUPS, MEMBERS = 135, 6
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLACES = [("14", "14", "118"), ("35", "35", "238"), ("974", "9D", "411"), ("75", "75", "113"), ("2A", "2A", "004")]


def main() -> None:
    """Write the files, import them, print times."""
    postgres.start()
    _new_database()
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 — once the database has a name
    from django.test.utils import override_settings  # noqa: PLC0415 — same

    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder, override_settings(DEBUG=False):
        _run(Path(folder))


def _run(folder: Path) -> None:
    from rempart.hub.territory import services  # noqa: PLC0415 — models load once Django is set up

    flat, renamed, daily = (write(folder) for write in (write_flat, write_renamed, write_daily))
    entities = -(-SITES // SITES_BY_ENTITY)
    print(f"{SITES} sites, {entities} entities, {GROUPS} GHT; JSON of {daily.stat().st_size / 1e6:.0f} MB")

    def load(*paths: Path) -> object:
        return services.import_finess(paths, at=AT)

    ours = _timed("flat files, first import", lambda: load(*flat))
    _timed("flat files, again: nothing changes", lambda: load(*flat))
    _timed("flat files, one site in fifty renamed", lambda: load(flat[0], renamed))
    _empty()
    _timed("daily JSON, first import", lambda: load(daily))
    _timed("daily JSON, again: nothing changes", lambda: load(daily))
    _empty()
    rows = list(sites())[:ROWS_OF_THE_RIVAL]
    rival = _timed(f"row by row through the ORM, {len(rows)} sites", lambda: row_by_row(rows))
    whole = rival / (len(rows) * (1 + 1 / SITES_BY_ENTITY)) * (SITES + entities)
    print(f"{'row by row, carried over to all':<42}{whole:8.1f} s")
    print(f"ratio: {whole / ours:.0f} times faster")


def sites() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield sites as (FINESS, entity, name, INSEE département, FINESS département, commune)."""
    for index in range(SITES):
        insee, code, commune = PLACES[index % len(PLACES)]
        owner = f"99{index // SITES_BY_ENTITY:07d}"
        yield f"98{index:07d}", owner, f"ETABLISSEMENT FICTIF {index} DE VALMONT", insee, code, commune


def write_flat(folder: Path) -> tuple[Path, Path]:
    """Write the two old files; return their paths."""
    entities, places = folder / "cs1100501.csv", folder / "cs1100502.csv"
    head = "finess;etalab;111;2026-05-12\n"
    owners = {owner: (code, commune) for _number, owner, _name, _insee, code, commune in sites()}
    entities.write_text(
        head
        + "".join(
            f"structureej;{owner};ENTITE FICTIVE {owner};;;1;R;DE LA PAIX;;;;{commune};14000 VALMONT;{code};X;;13;"
            f"Etablissement public;;;260100045;8610Z;2001-01-01\n"
            for owner, (code, commune) in owners.items()
        ),
        encoding="utf-8",
    )
    places.write_text(head + "".join(_flat_site(*site) for site in sites()), encoding="utf-8")
    return entities, places


def write_renamed(folder: Path) -> Path:
    """Write the file of sites once more, one name in fifty changed."""
    path = folder / "renamed.csv"
    lines = ["finess;etalab;111;2026-05-13\n"]
    for index, (number, owner, name, *rest) in enumerate(sites()):
        lines.append(_flat_site(number, owner, name if index % 50 else f"{name} BIS", *rest))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _flat_site(number: str, owner: str, name: str, _insee: str, code: str, commune: str) -> str:
    return (
        f"structureet;{number};{owner};{name[:30]};{name};;;1;R;DE LA PAIX;;;{commune};{code};X;14000 VALMONT;;;"
        "355;Centre Hospitalier (C.H.);1102;Centres Hospitaliers;26010004500012;8610Z;03;ARS dotation globale;1;"
        "Etablissement public de santé;1979-02-13;1979-02-13;2020-02-04;\n"
    )


def write_daily(folder: Path) -> Path:
    """Write the daily file, in the shape seen since March 2026."""
    path = folder / "finess-structures-journalier-20260512.json"
    records: dict[str, dict[str, object]] = {}
    for number, owner, name, insee, _code, commune in sites():
        address = [_address("02", insee, commune)]
        record = records.setdefault(owner, {
            "informationsGeneralesPMEJ": {"pmSmsseId": str(int(owner)), "dateCreation": "2001-01-01",
                "denominationLonguePmSmsse": f"ENTITE FICTIVE {owner}", "numFinessPm": owner, "siren": "260100045",
                "statutJuridique": "13", "typePersonneMorale": "01"},
            "adresse": address, "ege": [], "etatObjet": "A", "dateDerniereMaj": "2021-10-18 00:00:00"})  # fmt: skip
        record["ege"].append({  # type: ignore[attr-defined]
            "informationsGeneralesEGE": {"egeId": number, "dateOuverture": "1956-11-16", "nomEgeCourt": name[:30],
                "nomEgeLong": name, "numFinessEge": number, "espic": ["0"], "siret": "26010004500012"},
            "categorieentiteGeographiqueExercice": "355", "modefixationtarifaire": "07", "adresse": address,
            "etatObjet": "A", "dateDerniereMaj": "2021-10-18 00:00:00"})  # fmt: skip
    inner = [str(int(owner)) for owner in list(records)[: GROUPS * MEMBERS]]
    groups = [_group(index, inner[index * MEMBERS : (index + 1) * MEMBERS]) for index in range(GROUPS)]
    content = {"schemaVersion": "v1.0.0", "generatedAt": "2026-05-12T04:00:00Z", "gcc": groups,
               "pmej": list(records.values())}  # fmt: skip
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _address(usage: str, insee: str, commune: str) -> dict[str, object]:
    return {
        "usageAdresse": usage, "numeroVoie": "62", "typeVoie": "AV", "libelleVoie": "DE LA PAIX",
        "cogCommune": f"{insee[:2]}{commune}", "ligneAcheminement": "VALMONT", "codePostal": "14000",
        "coordonneesGeographique": {"coordonneeX": "1", "coordonneeY": "2"},
    }  # fmt: skip


def _group(index: int, members: list[str]) -> dict[str, object]:
    roles = [{"pmSmsseId": inner, "typeRoleEntiteGroupe": "M" if rank else "S"} for rank, inner in enumerate(members)]
    return {"gccId": str(index), "nomGcc": f"GHT fictif {index}", "typeGcc": "001", "etatObjet": "A",
            "gccIdentifiantExterne": f"28{index:03d}", "pmejDuGcc": roles}  # fmt: skip


def row_by_row(rows: list[tuple[str, str, str, str, str, str]]) -> None:
    """Import sites as a first version would: one object after the other, in one transaction."""
    from django.db import transaction  # noqa: PLC0415 — models load once Django is set up

    from rempart.hub.territory.models import LegalEntity, Site  # noqa: PLC0415 — same

    with transaction.atomic():
        for number, owner, name, insee, _code, commune in rows:
            entity = {"name": f"ENTITE FICTIVE {owner}", "department_id": insee, "status": "public"}
            LegalEntity.objects.update_or_create(finess=owner, defaults=entity)
            values = {
                "name": name,
                "department_id": insee,
                "legal_entity_id": owner,
                "commune": f"{insee[:2]}{commune}",
            }
            Site.objects.update_or_create(finess=number, defaults=values)


@contextmanager
def _clock() -> Iterator[Callable[[], float]]:
    start = time.perf_counter()
    yield lambda: time.perf_counter() - start


def _timed(title: str, work: Callable[[], object]) -> float:
    with _clock() as elapsed:
        work()
        took = elapsed()
    print(f"{title:<42}{took:8.1f} s", flush=True)
    return took


def _new_database() -> None:
    """Use a database of the benchmark's own, with the disk's guarantees a real server has."""
    import os  # noqa: PLC0415 — only here

    from rempart.hub import database  # noqa: PLC0415 — same

    name = "benchmark_territory"
    with psycopg.connect(database.embedded_url(postgres.SERVER), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
    os.environ["DATABASE_URL"] = database.start(postgres.SERVER, name=name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "rempart.hub.settings"


def _empty() -> None:
    from django.db import connection  # noqa: PLC0415 — once Django is set up

    from rempart.hub.territory.models import Ght, GhtMembership, LegalEntity, Site  # noqa: PLC0415 — same

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for model in (GhtMembership, Site, LegalEntity, Ght):
            for table in (model, model.trail.rel.related_model):
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table._meta.db_table)))
        cursor.execute("SET session_replication_role = origin")


if __name__ == "__main__":
    main()
