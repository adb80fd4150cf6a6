"""A call named on the command line."""

from typing import TYPE_CHECKING

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

if TYPE_CHECKING:
    from rempart.hub.funding.calls.models import Call


def named_call(code: str) -> "Call":
    """Return a call.

    Raises:
        InputError: there is none of that code.

    """
    from rempart.hub.funding.calls.models import Call  # noqa: PLC0415 — needs Django ready

    found = Call.objects.filter(code=code).first()
    if found is None:
        codes = ", ".join(Call.objects.order_by("code").values_list("code", flat=True)) or "–"
        raise InputError(
            Text(fr="cet appel n'existe pas", en="there is no such call"),
            where=code,
            advice=Text(fr=f"appels connus : {codes}", en=f"known calls: {codes}"),
        )
    return found
