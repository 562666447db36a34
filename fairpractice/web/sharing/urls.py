"""The addresses of sharing and of what a privacy officer looks after."""

from django.urls import path

from fairpractice.web.sharing import views


app_name = "sharing"
PERSON = "people/<uuid:patient>/sharing/"
urlpatterns = [
    path("sharing/", views.mine, name="mine"),
    path(PERSON, views.sharing, name="person"),
    path(f"{PERSON}add/", views.give, name="give"),
    path(f"{PERSON}objections/", views.objection, name="objection"),
    path(f"{PERSON}<uuid:consent>/stop/", views.withdraw, name="withdraw"),
    path(f"{PERSON}<uuid:consent>/send/", views.share, name="share"),
    path("shared-with-us/", views.shared_with_us, name="shared-with-us"),
    path("shared-with-us/<uuid:patient>/", views.shared, name="shared"),
]
