"""The addresses of the API, under /api/."""

from django.urls import path

from . import views

urlpatterns = [
    path("commands/<str:name>", views.command, name="api-command"),
    path("queries/<str:name>", views.query, name="api-query"),
    path("messages", views.messages, name="api-messages"),
    path("openapi.json", views.openapi, name="api-document"),
    path("docs", views.docs, name="api-docs"),
]
