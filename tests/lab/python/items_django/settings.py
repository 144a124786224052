"""Django's settings; what `startproject` writes and this project does not need is left out."""

import os

from tests.lab.python.items import settings as told

SECRET_KEY = "the lab keeps no secrets, and this is long enough for Django"  # noqa: S105  it guards nothing
DEBUG = os.environ.get("DJANGO_DEBUG") == "1"
ALLOWED_HOSTS = told.ALLOWED_HOSTS or ["*"]
INSTALLED_APPS = ["daphne", "channels"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
CSRF_TRUSTED_ORIGINS = told.ALLOWED_ORIGINS
ROOT_URLCONF = "tests.lab.python.items_django.urls"
ASGI_APPLICATION = "tests.lab.python.items_django.asgi.application"
TIME_ZONE = "UTC"
USE_TZ = True
