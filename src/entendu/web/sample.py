"""The sample organisation goes in one click."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from entendu.accounts.members import MemberRefused
from entendu.mentions.sample import remove_sample_and_files
from entendu.web.access import Asked, may
from entendu.web.middleware import ORGANISATION_KEY


@require_POST
@may("administer")
def remove(request: Asked) -> HttpResponse:
    """Removes the organisation in which I work, when it is a sample."""
    try:
        remove_sample_and_files(request.actor.organisation, by=request.actor)
    except MemberRefused:
        messages.error(request, _("This organisation is not a sample: it cannot be removed here."))
        return redirect("home")
    request.session.pop(ORGANISATION_KEY, None)
    messages.success(request, _("The sample data are gone."))
    return redirect("home")


PATHS = [path("sample/remove/", remove, name="sample_remove")]
