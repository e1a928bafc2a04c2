"""Random menus that the platform would take."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wxevents import (
    Article,
    ArticleIdButton,
    ArticleViewLimitedButton,
    Button,
    ClickButton,
    ConditionalMenu,
    ImageReply,
    LocationSelectButton,
    MatchRule,
    MediaIdButton,
    Menu,
    MenuSet,
    MiniProgramButton,
    MusicReply,
    NewsReply,
    PicPhotoOrAlbumButton,
    PicSysphotoButton,
    PicWeixinButton,
    ScancodePushButton,
    ScancodeWaitmsgButton,
    SubMenu,
    TextReply,
    VideoReply,
    ViewButton,
    ViewLimitedButton,
    VoiceReply,
)

AWKWARD = ["on", "off", "null", "~", "12:30", "012", "1e3", "2024-01-01", "<<", "=", "- a", "a: b"]
AWKWARD += [
    "#a",
    "*a",
    "&a",
    "!a",
    "'",
    '"',
    "{",
    "[",
    "%a",
    "@a",
    "`a",
    "|",
    ">",
    "?",
    "😀",
    "菜单",
]


def texts(most: int) -> st.SearchStrategy[str]:
    """Text of at most so many bytes that no button refuses."""
    printable = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=most)
    fitting = printable.filter(lambda text: text.strip() and len(text.encode()) <= most)
    return st.sampled_from(AWKWARD) | fitting


keys = texts(128)
media_ids = texts(64)
links = st.builds(
    "https://{}.example/{}".format,
    st.sampled_from(["shop", "例子"]),
    st.sampled_from(["", "?a=1&b=2", "#部分", "a:b"]),
)
articles = st.builds(Article, texts(60), texts(60), links, links)
replies: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.builds(TextReply, texts(60)),
    st.builds(ImageReply, media_ids),
    st.builds(VoiceReply, media_ids),
    st.builds(VideoReply, media_ids, st.just("") | texts(60), st.just("") | texts(60)),
    st.builds(MusicReply, media_ids, st.just("") | texts(60), st.just(""), links, links),
    st.builds(NewsReply, st.lists(articles, min_size=1, max_size=8)),
)
KEYED = (
    ScancodePushButton,
    ScancodeWaitmsgButton,
    PicSysphotoButton,
    PicPhotoOrAlbumButton,
    PicWeixinButton,
    LocationSelectButton,
)


def leaves(names: st.SearchStrategy[str]) -> st.SearchStrategy[Button]:
    return st.one_of(
        st.builds(ClickButton, names, keys, reply=replies),
        *(st.builds(kind, names, keys) for kind in KEYED),
        st.builds(ViewButton, names, links),
        st.builds(MiniProgramButton, names, links, texts(60), texts(60)),
        st.builds(MediaIdButton, names, media_ids),
        st.builds(ViewLimitedButton, names, media_ids),
        st.builds(ArticleIdButton, names, texts(60)),
        st.builds(ArticleViewLimitedButton, names, texts(60)),
    )


children = st.lists(leaves(texts(60)), min_size=1, max_size=5)
sub_menus = st.builds(lambda name, children: SubMenu(name, *children), texts(16), children)
menus = st.lists(leaves(texts(16)) | sub_menus, min_size=1, max_size=3).map(
    lambda buttons: Menu(*buttons)
)
platforms = st.sampled_from(["", "ios", "android", "others"])
tag_ids = st.integers(0, 200).map(str)
rules = st.one_of(
    st.builds(MatchRule, tag_id=tag_ids, client_platform_type=platforms),
    st.builds(MatchRule, client_platform_type=st.sampled_from(["ios", "2", "Others"])),
)
named_rules = rules | st.builds(MatchRule, tag=texts(30), client_platform_type=platforms)


def menu_sets(rules: st.SearchStrategy[MatchRule]) -> st.SearchStrategy[MenuSet]:
    conditional = st.lists(st.builds(ConditionalMenu, menus, rules), max_size=3)
    return st.builds(lambda menu, some: MenuSet(menu, *some), menus, conditional)


NAMES = ["button", "menu", "conditionalmenu", "matchrule", "menuid", "$schema", "name", "type"]
NAMES += ["key", "url", "media_id", "sub_button", "list", "is_menu_open", "selfmenu_info", "value"]
NAMES += ["tag", "tag_id", "group_id", "client_platform_type", "sex", "news_info", "reply"]
NAMES += ["image", "video", "news", "file", "title"]
garbage = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["click", "view", "", "1", "news", "text"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(NAMES) | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)
