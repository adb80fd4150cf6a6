"""The gallery: every component in every state, for those who work on the look."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from rempart.hub.theme.tones import TONES


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Nom du document"), help_text=_("Tel que l’instructeur le lira."))
    dated = forms.DateField(label=_("Date du document"), widget=forms.DateInput(attrs={"type": "date"}))
    nature = forms.ChoiceField(
        label=_("Nature"), choices=[("policy", _("politique")), ("plan", _("plan")), ("minutes", _("procès-verbal"))]
    )
    members = forms.MultipleChoiceField(
        label=_("Membres couverts"),
        choices=[("1", "Centre hospitalier de Valmont (fictif)"), ("2", "Hôpital de Brumelle (fictif)")],
        widget=forms.CheckboxSelectMultiple,
    )
    comment = forms.CharField(label=_("Remarque"), widget=forms.Textarea, required=False)
    document = forms.FileField(label=_("Fichier"), help_text=_("PDF, ODT ou DOCX, 20 Mo au plus."), required=False)
    agreed = forms.BooleanField(label=_("Je certifie que ces informations sont exactes."))


STEPS = (
    {"label": _("Candidature"), "state": "done", "note": _("déposée le 18 avril 2024")},
    {"label": _("Instruction"), "state": "done", "note": ""},
    {"label": _("Travaux et preuves"), "state": "current", "note": _("jusqu’au 30 juin 2025")},
    {"label": _("Vérification"), "state": "", "note": ""},
    {"label": _("Paiement"), "state": "", "note": ""},
)


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components."""
    if not settings.GALLERY:
        raise Http404
    messages.success(request, _("Votre document est déposé."))
    form = SampleForm(initial={"nature": "plan"})
    bad = SampleForm({"name": "", "nature": "plan", "dated": "demain"}, auto_id="bad_%s")
    bad.is_valid()
    pages = Paginator(range(240), 20).get_page(request.GET.get("page", 4))
    context = {"tones": TONES, "form": form, "bad": bad, "steps": STEPS, "page": pages, "levels": range(1, 6)}
    return render(request, "theme/gallery.html", context)
