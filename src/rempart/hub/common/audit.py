"""The audit trail: every write to a tracked model leaves a row behind, by database trigger, bulk and SQL writes too."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

from rempart.hub.common.immutable import never_emptied

AnyModel = TypeVar("AnyModel", bound=type[models.Model])


def tracked(*, exclude: tuple[str, ...] = (), in_bulk: bool = False) -> Callable[[AnyModel], AnyModel]:
    """Return the decorator of a business model: inserts, changes and deletions are kept, with who and which page.

    `exclude` names the fields whose content must not be kept twice (secrets, large texts). `in_bulk` keeps all rows
    of a statement at once: for tables written a hundred thousand rows at a time, where row by row takes minutes.
    A trail refuses changes, deletions and TRUNCATE.
    """

    def decorate(model: AnyModel) -> AnyModel:
        track: Callable[[AnyModel], AnyModel] = pghistory.track(
            pghistory.InsertEvent("insert"),
            pghistory.UpdateEvent("update"),
            pghistory.DeleteEvent("delete"),
            exclude=list(exclude),
            obj_field=pghistory.ObjForeignKey(related_name="trail", related_query_name="trail_rows"),
            model_name=f"{model.__name__}Trail",
            append_only=True,
            meta={"triggers": [never_emptied()]},
            level=pghistory.Statement if in_bulk else pghistory.Row,
        )
        return track(model)

    return decorate
