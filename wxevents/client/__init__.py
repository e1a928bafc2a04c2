"""The platform's API: menus, tags, messages, media, users, and every other call."""

from wxevents.client.account import DnsResult, NetworkCheck, PingResult
from wxevents.client.client import Client
from wxevents.client.codes import CODES, Code
from wxevents.client.files import DownloadedFile
from wxevents.client.materials import (
    AddedMaterial,
    MaterialArticle,
    MaterialCounts,
    MaterialItem,
    MaterialNews,
    MaterialPage,
    MaterialVideo,
)
from wxevents.client.media import UploadedMedia, VideoLink
from wxevents.client.messages import (
    CustomerArticle,
    CustomerCard,
    CustomerChoice,
    CustomerImage,
    CustomerMenu,
    CustomerMessage,
    CustomerMiniProgram,
    CustomerMusic,
    CustomerNews,
    CustomerText,
    CustomerVideo,
    CustomerVoice,
)
from wxevents.client.qrcodes import QRCode
from wxevents.client.retries import Retries
from wxevents.client.tags import Tag
from wxevents.client.tokens import (
    AuthorizerToken,
    ClassicToken,
    CloudToken,
    FixedToken,
    StableToken,
    Tokens,
)
from wxevents.client.transport import Timeouts
from wxevents.client.users import User

__all__ = [
    "CODES",
    "AddedMaterial",
    "AuthorizerToken",
    "ClassicToken",
    "Client",
    "CloudToken",
    "Code",
    "CustomerArticle",
    "CustomerCard",
    "CustomerChoice",
    "CustomerImage",
    "CustomerMenu",
    "CustomerMessage",
    "CustomerMiniProgram",
    "CustomerMusic",
    "CustomerNews",
    "CustomerText",
    "CustomerVideo",
    "CustomerVoice",
    "DnsResult",
    "DownloadedFile",
    "FixedToken",
    "MaterialArticle",
    "MaterialCounts",
    "MaterialItem",
    "MaterialNews",
    "MaterialPage",
    "MaterialVideo",
    "NetworkCheck",
    "PingResult",
    "QRCode",
    "Retries",
    "StableToken",
    "Tag",
    "Timeouts",
    "Tokens",
    "UploadedMedia",
    "User",
    "VideoLink",
]
