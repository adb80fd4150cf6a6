from django.db import transaction
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from rempart.hub.urls import urlpatterns as of_the_hub
from tests.hub.operations.trial.jobs import write, write_job


@csrf_exempt
def deposit(request, name):
    """Queue a job and write, in one transaction; asked to, stay in the middle."""
    with transaction.atomic():
        write_job.defer(name=f"{name}-job", stay=False)
        write(name, stay="stay" in request.GET)
    return HttpResponse(name)


urlpatterns = [path("trial/<str:name>", deposit), *of_the_hub]
