"""Bodies of the control API: read, checked, and every fault told as one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from wxevents.emulator.requests import WrongRequest
from wxevents.errors import PushError

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
"""Enough for some photographs in base64."""
MAX_SAVED_BYTES: Final = 256 * 1024 * 1024
"""A saved state holds all files."""

B = TypeVar("B", bound=BaseModel)


async def body_of(request: web.Request, max_bytes: int = MAX_BODY_BYTES) -> Mapping[str, Any]:
    """The JSON object; an empty body is an empty object. Raises WrongRequest, HTTPException 413."""
    data = await request.clone(client_max_size=max_bytes).read()
    try:
        body = json.loads(data) if data else {}
        # What Python reads, and no page could: NaN, numbers beyond a float, halves of characters.
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise WrongRequest(f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise WrongRequest("the body is no JSON object")
    return body


async def parsed(request: web.Request, model: type[B]) -> B:
    return model.model_validate(await body_of(request))


def as_json(value: object) -> web.Response:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return web.Response(body=text.encode(), content_type="application/json")


def missing(sentence: str) -> web.HTTPException:
    """To be raised: 404 with a sentence."""
    return web.HTTPNotFound(
        text=json.dumps({"error": sentence}, ensure_ascii=False), content_type="application/json"
    )


@web.middleware
async def faults_as_sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """400 for what cannot be done, with the place in the body where it is wrong."""
    try:
        return await handler(request)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        sentence = f"{place}: {fault['msg']}" if place else fault["msg"]
    except (WrongRequest, PushError) as error:
        sentence = str(error)
    except web.HTTPException as answer:
        if answer.content_type == "application/json":
            raise
        # aiohttp's own: no such path, no such method, a body that is too large.
        sentence = f"{request.method} {request.path}: {answer.reason}"
        return web.json_response({"error": sentence}, status=answer.status)
    return web.json_response({"error": sentence}, status=400)
