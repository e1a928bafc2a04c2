"""From an event to the handler that takes it."""

from wxevents.routing.conversation import Conversation, Step
from wxevents.routing.dispatcher import CallNext, Dispatcher, Middleware
from wxevents.routing.injection import Handler, Provided
from wxevents.routing.joining import JoinedRoutes
from wxevents.routing.lateness import LatePolicy, Placeholder, late
from wxevents.routing.matchers import Matcher, Prefix, Regex
from wxevents.routing.push import Push
from wxevents.routing.router import Route, Router
from wxevents.routing.session import Session, SessionKeeper

__all__ = [
    "CallNext",
    "Conversation",
    "Dispatcher",
    "Handler",
    "JoinedRoutes",
    "LatePolicy",
    "Matcher",
    "Middleware",
    "Placeholder",
    "Prefix",
    "Provided",
    "Push",
    "Regex",
    "Route",
    "Router",
    "Session",
    "SessionKeeper",
    "Step",
    "late",
]
