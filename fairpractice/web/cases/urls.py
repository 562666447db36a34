"""The addresses of cases. None has a word of what is recorded."""

from django.urls import path

from fairpractice.web.cases import caseload, own, views


app_name = "cases"
urlpatterns = [
    path("cases/", caseload.caseload, name="caseload"),
    path("cases/<uuid:case>/", views.case, name="case"),
    path("cases/<uuid:case>/take/", caseload.take_waiting, name="take-waiting"),
    path("cases/<uuid:case>/contact/", views.contacted, name="contacted"),
    path("cases/<uuid:case>/goals/", views.goals, name="goals"),
    path("cases/<uuid:case>/goals/<uuid:goal>/", views.settle_goal, name="settle-goal"),
    path("cases/<uuid:case>/topics/", views.needs, name="needs"),
    path("cases/<uuid:case>/how-they-are/", views.measure, name="measure"),
    path("cases/<uuid:case>/note/", views.note, name="note"),
    path("cases/<uuid:case>/give-back/", views.give_back, name="give-back"),
    path("cases/<uuid:case>/take-back/", caseload.take_back, name="take-back"),
    path("cases/<uuid:case>/close/", views.close, name="close"),
    path("worklists/<uuid:listing>/<uuid:patient>/take/", caseload.take, name="take"),
    path("worklists/<uuid:listing>/<uuid:patient>/not-now/", caseload.set_aside, name="set-aside"),
    path("worklists/set-aside/<uuid:aside>/", caseload.offer_again, name="offer-again"),
    path("people/<uuid:patient>/link-worker/", caseload.ask_help, name="ask-help"),
    path("my/<uuid:patient>/help/", own.ask, name="own-help"),
    path("my/<uuid:patient>/help/<uuid:asked>/take-back/", own.take_back, name="own-take-back"),
]
