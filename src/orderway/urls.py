"""The root of all addresses: above the pages and the API, which do not know each other."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("orderway.api.urls")),
    path("", include("orderway.web.urls")),
]
