from django.template import engines
from django.utils import translation
from django.utils.safestring import mark_safe

from rempart.hub.theme import pieces


def drawn(source, **context):
    return engines["django"].from_string(source).render(context)


def test_a_kept_badge_never_trusts_a_label_because_an_equal_one_was_safe():
    assert "<b>x</b>" in pieces.badge("met", mark_safe("<b>x</b>"))
    assert "&lt;b&gt;x&lt;/b&gt;" in pieces.badge("met", "<b>x</b>")
    assert "<b>x</b>" in pieces.badge("met", mark_safe("<b>x</b>"))


def test_a_kept_badge_speaks_the_language_of_the_page():
    french = pieces.badge("met")
    with translation.override("en"):
        english = pieces.badge("met")
    assert "Atteint" in french
    assert "Met" in english


def test_the_tags_escape_and_draw():
    tag = drawn('{% badge "unmet" label "plain" %}{% icon "failed" %}', label="À revoir & à signer")
    assert "À revoir &amp; à signer" in tag
    assert tag.count("<svg") == 2
    assert 'class="badge plain unmet"' in tag
