"""``/asset`` as members see it; how pictures are read and reviewed is tested with the services below."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord
import pytest
from pydantic import SecretStr
from simcord import InteractionResult, MemberActor

from bot import texts
from bot.assets.service import AssetService, Picture, key_digest_of
from bot.clock import SystemClock
from bot.upstream.faults import Fault
from bot.upstream.requests import InvalidRequest
from builders import make_asset
from files import picture
from simulated import Simulated, embed_text, reply_text
from storage import assets
from storage.records import Asset, AssetState

KEY = key_digest_of(SecretStr("sandbox"))
Keep = Callable[..., Awaitable[Asset]]


async def check(shown: Picture) -> None:
    if shown.file_name == "small.png":
        raise InvalidRequest((Fault("referenceImages", "range", "“small.png” is too small"),))


@pytest.fixture
async def library(simulated: Simulated) -> Simulated:
    """The bot with a library that reviews nothing by itself."""
    client = simulated.application.client
    service = AssetService(
        simulated.application.database,
        clock=SystemClock(),
        key_digest=KEY,
        check=check,
        on_add=lambda: None,
    )
    client.services = replace(client.services, assets=service)
    return simulated


@pytest.fixture
def keep(library: Simulated) -> Keep:
    async def keep(name: str, owner: MemberActor, **changes: Any) -> Asset:
        usable = {"state": AssetState.ACTIVE, "key_digest": KEY}
        asset = make_asset(name=name, owner_id=owner.id, guild_id=library.guild.id, **(usable | changes))
        await library.application.database.transaction(assets.add, asset)
        return asset

    return keep


async def add(library: Simulated, name: str = "Fox", **options: Any) -> InteractionResult:
    file = {"picture": ("fox.png", picture())} | options
    return await library.alice.slash(library.channel, "asset add", name=name, **file)


async def shown_to(member: MemberActor, library: Simulated) -> str:
    return embed_text(await member.slash(library.channel, "asset list"))


async def test_an_empty_library_says_how_to_begin(library: Simulated) -> None:
    assert await shown_to(library.alice, library) == texts.ASSET_LIST_NONE


async def test_an_added_picture_is_under_review(library: Simulated) -> None:
    answer = await add(library)

    assert reply_text(answer) == texts.ASSET_ADDED.format(name="Fox")
    shown = await shown_to(library.alice, library)
    assert "Fox" in shown
    assert texts.ASSET_STATES[AssetState.NEW] in shown
    assert texts.ASSET_PRIVATE in shown


async def test_only_what_is_shared_is_seen_by_others(library: Simulated) -> None:
    await add(library, "Fox")
    await add(library, "Owl", shared=True)

    shown = await shown_to(library.bob, library)

    assert "Fox" not in shown
    assert f"Owl** · {texts.ASSET_STATES[AssetState.NEW]}" in shown
    assert library.alice.mention in shown


async def test_an_unfit_picture_is_refused_with_the_reason(library: Simulated) -> None:
    answer = await add(library, picture=("small.png", picture()))

    assert "too small" in reply_text(answer)
    assert await shown_to(library.alice, library) == texts.ASSET_LIST_NONE


async def test_states_are_told_in_words(library: Simulated, keep: Keep) -> None:
    await keep("cat", library.alice, state=AssetState.REFUSED, reason="no *faces*")
    await keep("dog", library.alice)
    await keep("fox", library.alice, key_digest="old")

    shown = await shown_to(library.alice, library)

    assert r"**cat** · 🚫 not accepted: no \*faces\*" in shown
    assert f"**dog** · {texts.ASSET_STATES[AssetState.ACTIVE]}" in shown
    assert f"**fox** · {texts.ASSET_OLD_KEY}" in shown


async def test_a_long_list_ends_in_how_many_are_left(library: Simulated, keep: Keep) -> None:
    for number in range(50):
        await keep(f"fox {number}", library.alice, state=AssetState.REFUSED, reason="word " * 40)

    shown = await shown_to(library.alice, library)

    assert len(shown) <= 4096
    assert shown.endswith("more")


async def test_the_names_one_may_remove_are_offered(library: Simulated, keep: Keep) -> None:
    await keep("Red fox", library.alice)
    await keep("Grey fox", library.bob)

    offered = await library.alice.autocomplete(library.channel, "asset remove", "name", "fox")

    assert [choice["value"] for choice in offered] == ["Red fox"]


async def test_a_picture_is_removed_by_its_owner(library: Simulated, keep: Keep) -> None:
    await keep("Fox", library.alice)

    answer = await library.alice.slash(library.channel, "asset remove", name="fox")

    assert reply_text(answer) == texts.ASSET_REMOVED.format(name="Fox")
    assert await shown_to(library.alice, library) == texts.ASSET_LIST_NONE


async def test_a_shared_picture_is_removed_by_a_moderator_and_nobody_else(
    library: Simulated, keep: Keep
) -> None:
    await keep("Fox", library.alice, is_shared=True)
    role = library.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    moderator = library.guild.add_member(library.env.create_user("carol"), roles=[role])

    answers = [
        await member.slash(library.channel, "asset remove", name="Fox") for member in (library.bob, moderator)
    ]

    assert [reply_text(answer) for answer in answers] == [
        texts.ASSET_NOT_YOURS.format(name="Fox"),
        texts.ASSET_REMOVED.format(name="Fox"),
    ]
