"""Every address of the service: those of each app, under its own path."""

from django.urls import include, path


urlpatterns = [
    path("", include("fairpractice.web.core.urls")),
    path("", include("fairpractice.web.accounts.urls")),
    path("people/", include("fairpractice.web.patients.urls")),
    path("people/", include("fairpractice.web.letters.urls")),
    path("worklists/", include("fairpractice.web.worklists.urls")),
    path("", include("fairpractice.web.population.urls")),
    path("", include("fairpractice.web.cases.urls")),
    path("", include("fairpractice.web.referrals.urls")),
    path("", include("fairpractice.web.directory.urls")),
    path("feeds/", include("fairpractice.web.feeds.urls")),
    path("projects/", include("fairpractice.web.improvement.urls")),
    path("messages/", include("fairpractice.web.messaging.urls")),
    path("", include("fairpractice.web.coding.urls")),
    path("", include("fairpractice.web.sharing.urls")),
    path("", include("fairpractice.web.questionnaires.urls")),
    path("", include("fairpractice.web.questionnaires.own_urls")),
]

handler400 = "fairpractice.web.core.views.bad_request"
handler403 = "fairpractice.web.core.views.refused"
handler404 = "fairpractice.web.core.views.not_found"
handler500 = "fairpractice.web.core.views.failed"
