"""Finding a name as people type it: without accents, case or punctuation, by the beginning of its words.

The embedded PostgreSQL has neither `unaccent` nor `pg_trgm`: the words are folded by functions every PostgreSQL has,
and an index over the very same expression answers for a hundred thousand sites.
"""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func

ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸàáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy"


class Words(Func):
    """The folded words of some columns, as PostgreSQL's text search keeps them."""

    output_field = SearchVectorField()
    arg_joiner = " || ' ' || "
    template = (
        "to_tsvector('simple', regexp_replace(lower(translate(replace(replace(%(expressions)s, 'œ', 'oe'), 'Œ', 'oe'), "
        f"'{ACCENTED}', '{PLAIN}')), '[^a-z0-9]+', ' ', 'g'))"
    )


def words(text: str) -> list[str]:
    """Return the folded words of what somebody typed."""
    unligatured = text.lower().replace("œ", "oe").replace("æ", "ae")
    folded = unicodedata.normalize("NFKD", unligatured).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", folded)


def query(text: str) -> SearchQuery | None:
    """Return the search for names in which every word typed begins a word; None when nothing was typed."""
    typed = words(text)
    return SearchQuery(" & ".join(f"{word}:*" for word in typed), search_type="raw", config="simple") if typed else None
