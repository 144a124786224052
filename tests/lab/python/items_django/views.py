"""What Django answers to plain requests."""

import asyncio
import json
import logging
import time

import jwt
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tests.lab.python.items import store
from tests.lab.python.items.settings import AUTH_SECRET, BLOCKING

logger = logging.getLogger(__name__)


def health(_: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@csrf_exempt
def items(request: HttpRequest) -> HttpResponse:
    if AUTH_SECRET:
        try:
            store.claims_of(request.GET.get("token", ""))
        except jwt.InvalidTokenError as error:
            logger.warning("Authentication failed: %s", error)
            return JsonResponse({"detail": "Given token not valid for any token type"}, status=401)
    if request.method == "POST":
        return JsonResponse(store.add(json.loads(request.body)), status=201)
    return JsonResponse({"items": store.ITEMS})


async def slow(request: HttpRequest) -> HttpResponse:
    seconds = float(request.GET.get("s", "5"))
    if BLOCKING:
        time.sleep(seconds)  # noqa: ASYNC251  the fault is that it blocks the loop
    await asyncio.sleep(seconds)
    return JsonResponse({"slept": seconds})


def broken(_: HttpRequest) -> HttpResponse:
    return JsonResponse({"total": store.total_price()})


def crash(_: HttpRequest) -> HttpResponse:
    store.crash()
    return HttpResponse()
