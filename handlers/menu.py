from wxevents import ClickEvent, Router

router = Router()


@router.click("V1001_TODAY_MUSIC")
async def today_music(event: ClickEvent) -> str:
    return "今日歌曲：……"
