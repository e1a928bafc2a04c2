"""Who may talk to the emulator, and what its page may load.

It listens on loopback, where any page in the developer's browser could reach it; so requests must
name a host of this machine (against DNS rebinding), and what changes something must come from the
emulator's own page, or from no page at all.
"""

from __future__ import annotations

import ipaddress
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob: http: https:",  # replies show pictures from anywhere
        "media-src 'self' blob: http: https:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # whoever updates wxevents must not see the old page
}
_CHANGING: Final = frozenset(("POST", "PUT", "PATCH", "DELETE"))


def guarded(listens_on: str) -> Middleware:
    """Refuse requests that name another host than this machine, where only it is served, and those
    that a browser makes for another page."""
    local = _is_local(listens_on)

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        if local and not _is_local(_host_of(request.headers.get("Host", ""))):
            return web.Response(status=403, text="this emulator serves its own machine only")
        if _is_foreign(request):
            return web.json_response({"error": "no other page may use this emulator"}, status=403)
        return await handler(request)

    return check_host


@web.middleware
async def page_guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For the page and the control API: changes only in JSON, which no form can send, and no
    script but the page's own."""
    if request.method in _CHANGING and request.content_type != "application/json":
        sentence = "send Content-Type: application/json"
        return web.json_response({"error": sentence}, status=415)
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        answer.headers.update(_HEADERS)
        raise
    if not response.prepared:  # a stream of events has sent its headers
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)  # files of users have stricter ones
    return response


def _is_foreign(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and _authority(origin) != request.headers.get("Host"):
        return True
    # Of what loads without an Origin (pictures, links) newer browsers tell where it stands. The
    # page itself may be linked to.
    site = request.headers.get("Sec-Fetch-Site", "none")
    return site in ("cross-site", "same-site") and request.path != "/"


def _is_local(host: str) -> bool:
    host = host.lower().rstrip(".")
    if host in ("localhost", ""):
        return host != ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.endswith(".localhost")


def _host_of(header: str) -> str:
    """`127.0.0.1:80`, `[::1]:80` or `localhost` without the port."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def _authority(origin: str) -> str | None:
    try:
        url = URL(origin)
    except ValueError:
        return None
    return url.raw_authority if url.scheme in ("http", "https") else None
