"""Where loaded feeds are kept: one Parquet file a data set, and what is known of it, in a folder of the hospital."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError
from pydantic import BaseModel, ConfigDict, ValidationError

from rempart.exposure.feeds.feed import DATASETS, RECOG, SCHEMAS, Feed
from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.text import Text

VARIABLE = "REMPART_FEEDS"


def default_folder() -> Path:
    """Return the folder of the feeds: the variable `REMPART_FEEDS`, else the user's data folder (XDG)."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "rempart/feeds"


class Loaded(BaseModel):
    """What is known of a data set that was loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    dated: date
    loaded_at: datetime
    records: int
    flaws: int
    source: str
    digest: str


class Store:
    """The feeds of a folder. A data set is replaced whole, or not at all; recog's files add up by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, feed: Feed, *, source: str, at: datetime) -> Loaded:
        """Keep a feed in the place of the former one.

        Raises:
            InputError: the folder cannot be written to.

        """
        table = feed.frame
        if feed.dataset == RECOG and (former := self.table(RECOG)) is not None:
            table = pl.concat([former.filter(~pl.col("file").is_in(table["file"].implode())), table]).sort("file")
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="zstd", statistics=False)
        told = Loaded(
            dataset=feed.dataset,
            dated=feed.dated,
            loaded_at=at,
            records=feed.records,
            flaws=len(feed.flaws),
            source=source,
            digest=f"sha256:{hashlib.sha256(buffer.getvalue()).hexdigest()}",
        )
        self._write(f"{feed.dataset}.parquet", buffer.getvalue())
        self._write(f"{feed.dataset}.json", told.model_dump_json(indent=1).encode())
        return told

    def loaded(self) -> Iterator[Loaded]:
        """Yield what is known of each data set that is there.

        Raises:
            InputError: what the folder says of one cannot be read.

        """
        for dataset in DATASETS:
            path = self.folder / f"{dataset}.json"
            if path.is_file():
                try:
                    yield Loaded.model_validate_json(path.read_bytes())
                except (OSError, ValidationError) as error:
                    raise self._broken(path) from error

    def table(self, dataset: str) -> pl.DataFrame | None:
        """Return a data set's rows, None when it was never loaded.

        Raises:
            AlteredError: the file no longer has the digest it was kept with.
            InputError: it cannot be read.

        """
        known = next((each for each in self.loaded() if each.dataset == dataset), None)
        if known is None:
            return None
        path = self.folder / f"{dataset}.parquet"
        try:
            content = path.read_bytes()
        except OSError as error:
            raise self._broken(path) from error
        if f"sha256:{hashlib.sha256(content).hexdigest()}" != known.digest:
            raise AlteredError(
                Text(fr="le jeu de données a été modifié depuis son chargement", en="the data set was altered"),
                where=str(path),
                advice=Text(
                    fr="Rechargez-le : rempart exposure update FICHIER.",
                    en="Load it again: rempart exposure update FILE.",
                ),
            )
        try:
            return pl.read_parquet(io.BytesIO(content)).select(list(SCHEMAS[dataset]))
        except (PolarsError, PanicException) as error:
            raise self._broken(path) from error

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        partial = path.with_name(f"{name}.partial")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(content)
            os.replace(partial, path)  # noqa: PTH105 — the atomic form, on the same file system
        except OSError as error:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise InputError(
                Text(fr=f"écriture impossible ({error.strerror})", en=f"cannot write ({error.strerror})"), str(path)
            ) from error

    @staticmethod
    def _broken(path: Path) -> InputError:
        return InputError(
            Text(fr="jeu de données illisible", en="unreadable data set"),
            str(path),
            Text(
                fr="Rechargez-le : rempart exposure update FICHIER.", en="Load it again: rempart exposure update FILE."
            ),
        )
