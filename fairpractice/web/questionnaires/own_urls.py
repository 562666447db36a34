"""The addresses of people's own pages. None has a word of what is on them."""

from django.urls import path

from fairpractice.web.questionnaires import own


app_name = "own"
urlpatterns = [
    path("reply/", own.enter, name="enter"),
    path("reply/<str:code>/", own.enter, name="open"),
    path("leave/", own.leave, name="leave"),
    path("my/", own.home, name="home"),
    path("my/<uuid:patient>/", own.person, name="person"),
]
