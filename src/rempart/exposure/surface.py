"""The Surface: a snapshot made ready to be judged at one moment. Facts are read once, when a control asks for them."""

from datetime import datetime
from functools import cached_property

import polars as pl

from rempart.exposure.facts import readings
from rempart.exposure.snapshot import Snapshot
from rempart.measurement.report import Gap
from rempart.measurement.text import Text
from rempart.measurement.verdict import no_subjects

_UNLOADED = Text(
    fr="le jeu de données « {name} » n'a pas été chargé (rempart exposure update)",
    en="the data set {name} was not loaded (rempart exposure update)",
)
_BY_PORT, _BY_NAME = frozenset({"ports", "tls", "web", "services", "health"}), frozenset({"dns", "mail"})
_NO_PORT = Text(
    fr="aucune adresse n'a répondu, ni ouverte ni fermée : la mesure n'a peut-être pas atteint l'établissement",
    en="no address answered, open or closed: the measurement may not have reached the establishment",
)
_NO_NAME = Text(
    fr="aucune question DNS n'a eu de réponse : la mesure n'a pas pu lire les noms",
    en="no DNS question was answered: the measurement could not read the names",
)
OBSERVED, DEDUCED = "observed", "deduced"
"""The two certainties of a finding: a behaviour that was seen, or a conclusion from a version that was read."""


def place_of(key: str) -> str:
    """Return the service or the name that a subject's key is about: what may follow a blank tells findings apart."""
    return key.partition(" ")[0]


class Surface:
    """What the establishment shows, as facts; the moment of the judgement is `at`."""

    def __init__(self, snapshot: Snapshot, at: datetime) -> None:
        self.snapshot = snapshot
        self.at = at
        self._facts: dict[str, pl.DataFrame] = {}

    def facts(self, name: str) -> pl.DataFrame:
        """Return the frame of facts `name`, read once."""
        if name not in self._facts:
            self._facts[name] = readings()[name](self.snapshot)
        return self._facts[name]

    @cached_property
    def open_services(self) -> pl.DataFrame:
        """The services whose port is open."""
        return self.snapshot.services.filter(pl.col("state") == "open")

    def gaps(self, topics: tuple[str, ...]) -> list[Gap]:
        """Return the gaps on these topics, whole-run gaps first (`domain` holds the subject of the others).

        A topic `feed:<data set>` is a gap when that data set was not loaded when the snapshot was taken; a run that
        reached nobody is one on every topic.
        """
        found = self.snapshot.gaps.filter(pl.col("topic").is_in(topics)).sort("subject", "topic", "fr")
        wanted = {topic.removeprefix("feed:") for topic in topics if topic.startswith("feed:")}
        unloaded = sorted(wanted - set(self.snapshot.feeds["dataset"]))
        missing = [Gap(topic=f"feed:{name}", reason=_UNLOADED.filled(name=name)) for name in unloaded]
        return (
            missing
            + self._silence(topics)
            + [
                Gap(topic=row["topic"], domain=row["subject"] or None, reason=Text(fr=row["fr"], en=row["en"]))
                for row in found.iter_rows(named=True)
            ]
        )

    def _silence(self, topics: tuple[str, ...]) -> list[Gap]:
        """Return what a run without any answer could not look at: silence is never a pass."""
        silent: list[Gap] = []
        services, observations = self.snapshot.services, self.snapshot.observations
        if services.filter(pl.col("state").is_in(["open", "closed"])).is_empty():
            silent += [Gap(topic=topic, reason=_NO_PORT) for topic in topics if topic in _BY_PORT]
        asked = observations.filter(pl.col("probe").str.starts_with("dns."))
        if asked.height and asked.filter(pl.col("outcome") == "answered").is_empty():
            silent += [Gap(topic=topic, reason=_NO_NAME) for topic in topics if topic in _BY_NAME]
        return silent

    def subjects(self, rows: pl.DataFrame, *columns: str, certainty: str = OBSERVED) -> pl.DataFrame:
        """Return subjects of a verdict from rows of facts, keeping `columns` beside.

        The key stays the same between runs: `name-or-address:port/transport` for a service, the name for a domain.
        """
        if rows.is_empty():
            return no_subjects()
        if "port" in rows.columns:
            host = pl.when(pl.col("name").fill_null("") != "").then(pl.col("name")).otherwise(pl.col("address"))
            shown = pl.when(host.str.contains(":")).then(pl.concat_str(pl.lit("["), host, pl.lit("]"))).otherwise(host)
            key = pl.concat_str(shown, pl.lit(":"), pl.col("port"), pl.lit("/"), pl.col("transport"))
            name = (
                pl.when(host != pl.col("address"))
                .then(pl.concat_str(host, pl.lit(" ("), pl.col("address"), pl.lit("), "), pl.col("port")))
                .otherwise(pl.concat_str(shown, pl.lit(":"), pl.col("port")))
            )
        else:
            key = name = pl.col("subject")
        found = rows.select(key.alias("key"), name.alias("label"), *columns, pl.lit(certainty).alias("certainty"))
        return found.rename({"label": "name"}).unique(maintain_order=True)
