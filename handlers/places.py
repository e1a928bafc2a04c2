"""The button that sends a place, and the places that users or their app send without it."""

import logging

from wxevents import LocationEvent, LocationMessage, LocationSelectEvent, Router

router = Router()
log = logging.getLogger(__name__)


@router.location_select("rselfmenu_2_0")
async def selected(event: LocationSelectEvent) -> str:
    place = event.place
    return (
        f"你选择了：{place.poiname or place.label}（{place.latitude:.4f}, {place.longitude:.4f}）"
    )


@router.location()
async def sent(message: LocationMessage) -> None:
    # Arrives beside every `location_select`, which has answered already.
    log.info("%s sent a place: %s", message.openid, message.label)


@router.on(LocationEvent)
async def reported(event: LocationEvent) -> None:
    # Reported by the app on entering the chat; the platform shows no answer to it.
    log.info("%s is near %.2f, %.2f", event.openid, event.latitude, event.longitude)
