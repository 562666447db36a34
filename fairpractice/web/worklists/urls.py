"""The addresses of worklists. None says what a list is about."""

from django.urls import path

from fairpractice.web.worklists import views


app_name = "worklists"
urlpatterns = [
    path("", views.lists, name="lists"),
    path("<uuid:listing>/", views.listing, name="listing"),
]
