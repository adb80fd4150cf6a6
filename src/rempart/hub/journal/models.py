"""The sealed days of the audit trail. Each day holds the digest of the day before: none can change alone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rempart.hub.common.immutable import immutable


class JournalDay(models.Model):
    """One sealed day (a day of Paris): its digest covers the day before and every table that was written that day."""

    day = models.DateField(_("jour"), primary_key=True)
    previous = models.CharField(_("empreinte de la veille"), max_length=64, blank=True)
    digest = models.CharField(_("empreinte"), max_length=64)
    sealed_at = models.DateTimeField(_("scellé le"))

    class Meta:
        verbose_name = _("jour du journal")
        verbose_name_plural = _("jours du journal")
        ordering: ClassVar = ["day"]
        triggers: ClassVar = immutable()

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"


class TableSeal(models.Model):
    """What one trail table received that day: the digest of its rows, and of each row, so that a culprit has a name.

    `leaves` is 40 bytes a row in the order of their keys: the key (8 bytes, big-endian), then the row's SHA-256.
    `columns` are those the rows had when they were sealed: a column added later changes nothing.
    """

    day = models.ForeignKey(JournalDay, models.RESTRICT, related_name="seals", verbose_name=_("jour"))
    table = models.CharField(_("table"), max_length=63)
    columns = models.JSONField(_("colonnes"))
    count = models.PositiveIntegerField(_("nombre de lignes"))
    digest = models.CharField(_("empreinte"), max_length=64)
    leaves = models.BinaryField(_("empreintes des lignes"))

    class Meta:
        verbose_name = _("sceau d’une table")
        verbose_name_plural = _("sceaux des tables")
        ordering: ClassVar = ["day", "table"]
        triggers: ClassVar = immutable()
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "table"], name="one_seal_by_day_and_table")]

    def __str__(self) -> str:
        return f"{self.day_id} {self.table}"
