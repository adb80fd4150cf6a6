"""Money is an integer number of cents, from the form to the database; people read `64 276 242,00 €`."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal, filled

NARROW = "\u202f"
NO_BREAK = "\u00a0"
LARGEST = 10**15
"""No amount of the programme comes near ten thousand billion euros: a longer figure is a slip of the keyboard."""
_SPACES = re.compile(r"[\s\u00a0\u202f]")


def euros(cents: int) -> str:
    """Return an amount as people write it in French: `64 276 242,00 €`."""
    sign = "\u2212" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", NARROW) + f",{rest:02d}{NO_BREAK}€"


def cents(text: str) -> int:
    """Return the cents of an amount people typed: `1 234,56`, `1234.5 €`, `12`.

    Raises:
        Refusal: not an amount, or a fraction of a cent.

    """
    bare = _SPACES.sub("", text).removesuffix("€").replace(",", ".")
    try:
        amount = Decimal(bare) * 100
    except InvalidOperation as error:
        raise Refusal(filled(_("« %(text)s » n’est pas un montant."), text=text), "not_an_amount") from error
    if not amount.is_finite() or abs(amount) > LARGEST or amount != amount.to_integral_value():
        message = filled(_("« %(text)s » n’est pas un montant en euros et centimes."), text=text)
        raise Refusal(message, "not_an_amount")
    return int(amount)
