"""Files of a file: always an attachment, never shown inside the site; one that waits for the antivirus stays closed."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rempart.hub.funding.proofs.evidence import openable
from rempart.hub.funding.proofs.models import DocumentVersion, Receipt
from rempart.hub.pages.candidate.access import applicants_only, own_file, person
from rempart.hub.pages.candidate.views.file import about


@require_safe
@applicants_only
def document(request: HttpRequest, number: str, pk: int) -> HttpResponse | FileResponse:
    """Send one version of a document."""
    file = own_file(request, number)
    rows = DocumentVersion.objects.select_related("document")
    version = rows.filter(pk=pk, document__application=file).first()
    if version is None:
        raise Http404
    if not openable(version.scan):
        context = about(file, person(request), "file") | {"version": version}
        return render(request, "candidate/closed_document.html", context, status=409)
    return FileResponse(
        default_storage.open(version.path), as_attachment=True, filename=version.original_name,
        content_type="application/octet-stream",
    )  # fmt: skip


@require_safe
@applicants_only
def receipt(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Send the signed receipt of a proof."""
    file = own_file(request, number)
    ours = Receipt.objects.filter(pk=pk)
    found = ours.filter(deposit__application=file).first() or ours.filter(version__document__application=file).first()
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.content), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="recu-{file.number}-{found.sha256[:12]}.json"'
    return answer
