import re
from pathlib import Path

import polib
import pytest

import rempart.hub
from rempart.hub.theme.glossary import glossary

HUB = Path(rempart.hub.__file__).parent
ROOMS = ("theme", "pages/public", "pages/candidate")


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_of_the_pages_is_said_in_english(room):
    sentences = polib.pofile(str(HUB / room / "locale/en/LC_MESSAGES/django.po"))
    assert [entry.msgid for entry in sentences if not entry.translated() or entry.fuzzy] == []


@pytest.mark.parametrize("room", ROOMS)
def test_french_signs_do_not_break_from_their_word(room):
    sentences = polib.pofile(str(HUB / room / "locale/en/LC_MESSAGES/django.po"))
    assert [entry.msgid for entry in sentences if re.search(r" [:;?!»](?=\s|$)|« ", entry.msgid)] == []


def test_the_glossary_explains_every_word_in_both_languages():
    for entry in glossary().values():
        assert entry.meaning.fr.endswith(".")
        assert entry.meaning.en.endswith(".")


def test_a_page_names_only_words_the_glossary_has():
    named = {
        slug
        for page in HUB.rglob("*.html")
        for slug in re.findall(r'<c-term name="([^"{]+)"', page.read_text(encoding="utf-8"))
    }
    assert named <= set(glossary())
