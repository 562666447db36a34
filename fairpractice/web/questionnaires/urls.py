"""The addresses of what staff do. None has a word of what is asked."""

from django.urls import path

from fairpractice.web.questionnaires import acting, room, views


app_name = "questionnaires"
urlpatterns = [
    path("people/<uuid:patient>/ask/", views.ask, name="ask"),
    path("people/<uuid:patient>/ask/<uuid:ask>/again/", views.ask_again, name="ask-again"),
    path("people/<uuid:patient>/ask/<uuid:ask>/withdraw/", views.withdraw, name="withdraw"),
    path("people/<uuid:patient>/acting/", acting.acting, name="acting"),
    path("people/<uuid:patient>/acting/<int:account>/", acting.review, name="review"),
    path("people/<uuid:patient>/acting/<int:account>/end/", acting.end, name="end"),
    path("people/<uuid:patient>/acting/<int:account>/link/", acting.link, name="link"),
    path("people/<uuid:patient>/room/", room.room, name="room"),
    path("people/<uuid:patient>/replies/<uuid:ask>/", room.reply, name="reply"),
    path("acting/", acting.ending, name="ending"),
    path("today/", views.today, name="today"),
    path("today/<uuid:need>/", views.settle, name="settle"),
    path("watch/", views.watches, name="watches"),
    path("watch/<uuid:practice>/", views.watch, name="watch"),
]
