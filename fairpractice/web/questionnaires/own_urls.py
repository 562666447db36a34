"""The addresses of people's own pages. None has a word of what is on them."""

from django.urls import path

from fairpractice.web.questionnaires import acting, answers, own


app_name = "own"
urlpatterns = [
    path("reply/", own.enter, name="enter"),
    path("reply/<str:code>/", own.enter, name="open"),
    path("leave/", own.leave, name="leave"),
    path("my/", own.home, name="home"),
    path("my/<uuid:patient>/", own.person, name="person"),
    path("my/<uuid:patient>/held/", own.held, name="held"),
    path("my/<uuid:patient>/held/<uuid:entry>/", own.put_right, name="put-right"),
    path("my/<uuid:patient>/acting/", acting.for_me, name="acting"),
    path("my/<uuid:patient>/words/", own.words, name="words"),
    path("my/<uuid:patient>/words/<uuid:words>/take-back/", own.take_back, name="take-back"),
    path("my/<uuid:patient>/<uuid:ask>/", answers.about, name="about"),
    path("my/<uuid:patient>/<uuid:ask>/<int:number>/", answers.question, name="question"),
    path("my/<uuid:patient>/<uuid:ask>/first/", answers.first, name="first"),
    path("my/<uuid:patient>/<uuid:ask>/check/", answers.check, name="check"),
    path("my/<uuid:patient>/<uuid:ask>/later/", answers.later, name="later"),
    path("my/<uuid:patient>/<uuid:ask>/delete/", answers.delete, name="delete"),
]
