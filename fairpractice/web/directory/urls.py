"""The addresses of the directory. None has a word of what somebody looks for."""

from django.urls import path

from fairpractice.web.directory import desk, views


app_name = "directory"
ONE = "services/<uuid:service>/"
READ = "services/desk/<uuid:reading>/"
urlpatterns = [
    path("services/", views.find, name="find"),
    path("people/<uuid:patient>/services/", views.find_for, name="find-for"),
    path("services/entries/", desk.kept, name="kept"),
    path("services/entries/add/", desk.add, name="add"),
    path("services/desk/", desk.desk, name="desk"),
    path("services/desk/send/", desk.send, name="send"),
    path("services/desk/settle/", desk.settle, name="settle"),
    path(READ, desk.reading, name="reading"),
    path(f"{READ}accept/", desk.accept, name="accept"),
    path(ONE, views.service, name="service"),
    path(f"{ONE}change/", desk.change, name="change"),
    path(f"{ONE}checked/", desk.assure, name="assure"),
    path(f"{ONE}places/", desk.places, name="places"),
    path(f"{ONE}look-after/", desk.look_after, name="look-after"),
]
