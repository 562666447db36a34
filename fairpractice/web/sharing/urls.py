"""The addresses of sharing and of what a privacy officer looks after."""

from django.urls import path

from fairpractice.web.sharing import privacy, staff, views


app_name = "sharing"
PERSON = "people/<uuid:patient>/sharing/"
urlpatterns = [
    path(PERSON, views.sharing, name="person"),
    path(f"{PERSON}add/", views.give, name="give"),
    path(f"{PERSON}objections/", views.objection, name="objection"),
    path(f"{PERSON}<uuid:consent>/stop/", views.withdraw, name="withdraw"),
    path(f"{PERSON}<uuid:consent>/send/", views.share, name="share"),
    path("people/<uuid:patient>/reach/", staff.safe_contact, name="contact"),
    path("emergency/", staff.open_in_emergency, name="emergency"),
    path("shared-with-us/", views.shared_with_us, name="shared-with-us"),
    path("shared-with-us/<uuid:patient>/", views.shared, name="shared"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/audit/", privacy.audit, name="audit"),
    path("privacy/emergencies/", privacy.queue, name="emergencies"),
    path("privacy/emergencies/<uuid:emergency>/", privacy.review, name="review"),
    path("privacy/consents/", privacy.consents, name="consents"),
    path("privacy/objections/", privacy.objections, name="objections"),
    path("privacy/export/", privacy.find_for_export, name="find-for-export"),
    path("privacy/export/<uuid:patient>/", privacy.export_person, name="export"),
    path("privacy/retention/", privacy.schedule, name="retention"),
    path("privacy/retention/hold/", privacy.hold, name="hold"),
]
