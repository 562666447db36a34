"""The addresses of feeds. None has a word of what is sent."""

from django.urls import path

from fairpractice.web.feeds import views


app_name = "feeds"
urlpatterns = [
    path("", views.files, name="files"),
    path("agreements/", views.agreements, name="agreements"),
    path("agreements/<uuid:source>/send/", views.send, name="send"),
    path("<uuid:file>/", views.file, name="file"),
    path("<uuid:file>/accept/", views.accept, name="accept"),
    path("<uuid:file>/undo/", views.undo, name="undo"),
    path("<uuid:file>/lines/<uuid:line>/", views.line, name="line"),
]
