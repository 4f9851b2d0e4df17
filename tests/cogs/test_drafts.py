from typing import Any

import discord
import pytest
from simcord import SetupError

import files
from bot import texts
from bot.delivery import custom_ids
from bot.drafts import board
from bot.drafts.media import add_media
from builders import make_generation, make_person
from drafting import draft_card, draft_of, open_draft, press, write
from simulated import Simulated, embed_text, reply_text
from storage import generations
from storage.draft_records import ChangeKind, DraftState, Payment, Role, Rule, Slot
from storage.records import Medium, State


async def test_opening_says_what_to_do_next_and_posts_the_card(simulated: Simulated) -> None:
    answer = await simulated.alice.slash(
        simulated.channel, "draft new", title="Regatta", text="A paper boat", model="videos", duration=7
    )

    draft = await draft_of(simulated, await draft_card(simulated))
    assert reply_text(answer) == texts.DRAFT_OPENED.format(channel_id=simulated.channel.id)
    assert (draft.title, draft.model, draft.duration) == ("Regatta", "videos", 7)
    assert draft.slots[Slot.SUBJECT].text == "A paper boat"


async def test_what_a_model_cannot_do_is_refused_before_a_draft_is_opened(simulated: Simulated) -> None:
    answer = await simulated.alice.slash(simulated.channel, "draft new", model="videos", ratio="21:9")

    assert "16:9, 9:16, 1:1" in reply_text(answer)
    assert await simulated.application.services.drafts.of_server(simulated.guild.id) == []


async def test_a_draft_gets_a_thread_of_its_own(simulated: Simulated) -> None:
    answer = await simulated.alice.slash(simulated.channel, "draft new", title="Regatta", thread=True)

    [draft] = await simulated.application.services.drafts.of_server(simulated.guild.id)
    thread = simulated.env.bot.get_channel(draft.channel_id)
    assert isinstance(thread, discord.Thread)
    assert (thread.name, thread.parent_id) == ("Regatta", simulated.channel.id)
    assert f"<#{thread.id}>" in reply_text(answer)


async def test_where_threads_are_not_allowed_nothing_is_made(simulated: Simulated) -> None:
    no_threads = discord.PermissionOverwrite(create_public_threads=False)
    channel = simulated.guild.create_text_channel(
        "flat", overwrites={simulated.guild.default_role: no_threads}
    )

    answer = await simulated.alice.slash(channel, "draft new", thread=True)

    assert texts.PERMISSIONS["create_public_threads"] in reply_text(answer)
    assert await simulated.application.services.drafts.of_server(simulated.guild.id) == []


async def test_without_a_draft_here_a_command_says_what_to_do(simulated: Simulated) -> None:
    answer = await simulated.alice.slash(simulated.channel, "draft show")

    assert reply_text(answer) == f"{texts.DRAFT_NONE_HERE}\n{texts.DRAFT_NONE_HERE_HINT}"


async def test_drafts_are_offered_by_title_and_state(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, title="Regatta")
    await open_draft(simulated, simulated.alice, title="Volcano")

    [offered] = await simulated.bob.autocomplete(simulated.channel, "draft show", "draft", "rega")

    assert offered == {"name": "Regatta · open", "value": (await draft_of(simulated, card)).id}


async def test_drafts_of_channels_one_cannot_see_stay_hidden(simulated: Simulated) -> None:
    hidden = {simulated.bob: discord.PermissionOverwrite(view_channel=False)}
    secret = simulated.guild.create_text_channel("secret", overwrites=hidden)
    await simulated.alice.slash(secret, "draft new", title="Surprise", text="For Bob")
    [draft] = await simulated.application.services.drafts.of_server(simulated.guild.id)

    offered = await simulated.bob.autocomplete(simulated.channel, "draft show", "draft", "")
    answer = await simulated.bob.slash(simulated.channel, "draft show", draft=draft.id)

    assert offered == []
    assert reply_text(answer) == texts.DRAFT_UNKNOWN
    assert "For Bob" in embed_text(
        await simulated.alice.slash(simulated.channel, "draft show", draft=draft.id)
    )


async def test_a_draft_outlives_its_channel_for_those_who_can_end_it(simulated: Simulated) -> None:
    role = simulated.guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
    carol = simulated.guild.add_member(simulated.env.create_user("carol"), roles=[role])
    gone = simulated.guild.create_text_channel("gone")
    await simulated.alice.slash(gone, "draft new", title="Regatta", text="A paper boat")
    [draft] = await simulated.application.services.drafts.of_server(simulated.guild.id)
    simulated.env.backend.delete_channel(gone.id)

    hers = await simulated.alice.slash(simulated.channel, "draft show", draft=draft.id)
    his = await simulated.bob.slash(simulated.channel, "draft show", draft=draft.id)
    [offered] = await carol.autocomplete(simulated.channel, "draft end", "draft", "rega")
    ended = await carol.slash(simulated.channel, "draft end", draft=offered["value"])

    assert embed_text(hers) == "A paper boat."
    assert reply_text(his) == texts.DRAFT_UNKNOWN
    assert reply_text(ended) == texts.DRAFT_DONE[ChangeKind.END]


async def test_the_card_in_an_archived_thread_stays_the_only_one_and_shows_the_end(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "BETWEEN_EDITS_S", 0.01)
    await simulated.alice.slash(simulated.channel, "draft new", title="Regatta", thread=True)
    [draft] = await simulated.application.services.drafts.of_server(simulated.guild.id)
    backend, thread_id = simulated.env.backend, draft.channel_id
    card = await simulated.until(lambda: next(iter(backend.messages[thread_id].values()), None))
    backend.edit_channel(thread_id, {}, thread_metadata={"archived": True})
    simulated.env.inject_error("PATCH", f"/channels/{thread_id}/messages/*", status=400, code=50083)

    await simulated.alice.slash(simulated.channel, "draft end", draft=draft.id)
    await simulated.until(lambda: texts.DRAFT_ENDED_BY_OWNER in str(card.embeds) or None)

    thread = backend.channels[thread_id].thread_metadata
    assert thread is not None
    assert not thread.archived
    assert list(backend.messages[thread_id]) == [card.id]


async def test_show_has_the_prompt_and_the_way_to_the_card(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")

    shown = await simulated.bob.slash(simulated.channel, "draft show")

    assert embed_text(shown) == "A paper boat."
    assert card.jump_url in reply_text(shown)


async def test_history_names_every_author_and_shows_each_word_changed(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.alice, card, Slot.SUBJECT, "A *steel* boat")
    await write(simulated, simulated.bob, card, Slot.SOUND, "far bells")

    shown = embed_text(await simulated.bob.slash(simulated.channel, "draft history"))

    newest, changed, opened = shown.split("\n\n")
    assert simulated.bob.mention in newest and "**far bells**" in newest
    assert simulated.alice.mention in changed and r"A ~~paper~~ **\*steel\*** boat" in changed
    assert "**A paper boat**" in opened


async def test_history_of_one_part_leaves_out_the_others(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await write(simulated, simulated.bob, card, Slot.SOUND, "far bells")

    shown = await simulated.bob.slash(simulated.channel, "draft history", part=Slot.SOUND.value)

    assert "far bells" in embed_text(shown)
    assert "paper boat" not in embed_text(shown)


async def test_long_history_is_leafed_through_and_comes_whole_in_a_file(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="*" * 1500)
    for letter in "_~|":
        await write(simulated, simulated.alice, card, Slot.SUBJECT, letter * 1500)

    shown = await simulated.alice.slash(simulated.channel, "draft history")
    assert shown.response is not None
    [file] = shown.response.attachments
    whole = (await file.read()).decode()
    await simulated.alice.click(shown.response, label=texts.BUTTON_OLDER)

    assert all(letter * 1500 in whole for letter in "*_~|")
    assert (shown.response.embeds[0].footer.text or "").startswith("Page 2 of ")


async def test_the_tree_shows_where_a_video_comes_from(simulated: Simulated) -> None:
    await simulated.ask(simulated.alice, "A paper boat")
    parent = await simulated.finished_card()
    await simulated.bob.click(parent, label=texts.BUTTON_AGAIN)
    child = await simulated.card(State.QUEUED)
    generation_id = (child.embeds[0].footer.text or "").split()[-1]

    shown = await simulated.bob.slash(simulated.channel, "draft tree", generation=generation_id)

    root, leaf = embed_text(shown).splitlines()
    assert simulated.alice.mention in root and parent.jump_url in root
    assert "└ ▶️" in leaf and simulated.bob.mention in leaf and child.jump_url in leaf


async def test_the_tree_offers_the_videos_that_whoever_asks_can_see(simulated: Simulated) -> None:
    nobody = {simulated.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    hidden = simulated.guild.create_text_channel("hidden", overwrites=nobody)
    videos = [
        make_generation(state=State.DELIVERED, guild_id=simulated.guild.id, channel_id=channel.id)
        for channel in (simulated.channel, hidden)
    ]
    for video in videos:
        await simulated.application.database.transaction(generations.add, video)

    offered = await simulated.bob.autocomplete(simulated.channel, "draft tree", "generation", "")

    assert [one["value"] for one in offered] == [videos[0].id]


async def test_a_number_that_is_no_videos_is_told_so(simulated: Simulated) -> None:
    answer = await simulated.bob.slash(simulated.channel, "draft tree", generation="nothing")

    assert reply_text(answer) == texts.DRAFT_TREE_UNKNOWN


async def test_files_are_attached_by_a_command(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)

    answer = await simulated.bob.slash(
        simulated.channel, "draft attach", file1=("boat.png", files.picture()), use="last_image"
    )

    [added] = (await draft_of(simulated, card)).media
    assert (added.medium.field, added.author_id) == ("last_image", simulated.bob.id)
    assert added.medium.message_id is not None
    assert "boat.png" in reply_text(answer)


async def test_a_file_that_cannot_be_copied_keeps_its_link_and_that_is_said(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    simulated.env.inject_error("POST", "/channels/*/messages", status=500, times=None)

    answer = await simulated.bob.slash(simulated.channel, "draft attach", file1=("boat.png", files.picture()))

    [added] = (await draft_of(simulated, card)).media
    assert added.medium.message_id is None
    assert texts.DRAFT_FILES_A_DAY.format(names="boat.png") in reply_text(answer)


async def test_copies_of_files_that_came_too_late_are_deleted(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await draft_of(simulated, await open_draft(simulated, simulated.alice))
    services, before = simulated.application.services, len(simulated.channel.history())
    copy = services.copies.of
    frame = Medium(field="last_image", name="fox.png", url="https://cdn.example/fox.png")

    async def copy_slowly(*args: Any, **options: Any) -> Any:
        faster = make_person(id=5, guild_id=draft.guild_id)
        await services.drafts.apply(draft.id, add_media, faster, [frame])
        return await copy(*args, **options)

    monkeypatch.setattr(services.copies, "of", copy_slowly)
    late = await simulated.bob.slash(
        simulated.channel, "draft attach", file1=("boat.png", files.picture()), use="last_image"
    )

    assert reply_text(late) == texts.DRAFT_FRAME_TAKEN.format(frame=texts.MEDIA_FIELDS["last_image"])
    assert len(simulated.channel.history()) == before


async def test_roles_say_what_members_may_do(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    await simulated.alice.slash(simulated.channel, "draft newcomers", role=Role.APPROVER.value)
    await simulated.alice.slash(
        simulated.channel, "draft role", member=simulated.bob, role=Role.WATCHER.value
    )

    refused = await simulated.bob.slash(
        simulated.channel, "draft attach", file1=("boat.png", files.picture())
    )

    draft = await draft_of(simulated, card)
    assert draft.newcomer_role is Role.APPROVER
    assert reply_text(refused) == texts.DRAFT_NOT_EDITOR


async def test_the_owner_chooses_who_decides_and_who_pays(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)

    await simulated.alice.slash(simulated.channel, "draft decide", rule="approvals", approvals=3)
    await simulated.alice.slash(simulated.channel, "draft pay", who="shares")
    refused = await simulated.bob.slash(simulated.channel, "draft decide", rule="owner")

    draft = await draft_of(simulated, card)
    assert (draft.rule, draft.needed, draft.payment) == (Rule.APPROVALS, 3, Payment.SHARES)
    assert reply_text(refused) == texts.DRAFT_ONLY_OWNER.format(owner_id=simulated.alice.id)


async def test_somebody_sponsors_by_command(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)

    await simulated.bob.slash(simulated.channel, "draft sponsor", credits=4)

    assert (await draft_of(simulated, card)).sponsor_id == simulated.bob.id


async def test_a_draft_is_handed_over_and_its_old_owner_leaves(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)

    await simulated.alice.slash(simulated.channel, "draft hand-over", member=simulated.bob)
    answer = await simulated.alice.slash(simulated.channel, "draft leave")

    assert (await draft_of(simulated, card)).owner_id == simulated.bob.id
    assert reply_text(answer) == texts.DRAFT_DONE[ChangeKind.LEAVE]


async def test_the_channel_hears_once_whose_a_draft_is_now_and_nobody_is_pinged(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)

    await simulated.alice.slash(simulated.channel, "draft hand-over", member=simulated.bob)

    [said] = [it for it in simulated.channel.history() if "handed a draft over" in it.content]
    assert simulated.alice.mention in said.content and simulated.bob.mention in said.content
    assert card.jump_url in said.content
    assert not said.flags.ephemeral
    bodies = [it.json for it in simulated.env.http_requests if isinstance(it.json, dict)]
    [body] = [it for it in bodies if it.get("content") == said.content]
    assert body["allowed_mentions"] == {"parse": []}


async def test_what_a_moderator_locks_its_owner_can_neither_make_nor_unlock(simulated: Simulated) -> None:
    role = simulated.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    carol = simulated.guild.add_member(simulated.env.create_user("carol"), roles=[role])
    card = await open_draft(simulated, simulated.alice, text="A paper boat")
    await carol.slash(simulated.channel, "draft lock")

    shown = texts.DRAFT_IS_LOCKED_BY_MODERATOR.format(moderator_id=carol.id)
    locked = await draft_card(simulated, lambda words: shown in words)
    with pytest.raises(SetupError, match="disabled"):
        await press(simulated, simulated.alice, locked, custom_ids.DRAFT_APPROVE)
    unlocked = await simulated.alice.slash(simulated.channel, "draft unlock")

    assert reply_text(unlocked) == texts.DRAFT_LOCKED_BY_MODERATOR.format(moderator_id=carol.id)
    await carol.slash(simulated.channel, "draft unlock")
    card = await draft_card(simulated, lambda words: shown not in words)
    await press(simulated, simulated.alice, card, custom_ids.DRAFT_APPROVE)
    assert (await draft_of(simulated, card)).state in (DraftState.DECIDED, DraftState.SUBMITTED)


async def test_a_draft_whose_video_failed_does_not_say_that_it_became_one(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice, text="[policy] A paper boat")
    await press(simulated, simulated.alice, card, custom_ids.DRAFT_APPROVE)
    failed = await simulated.card(State.FAILED)

    shown = await draft_card(simulated, lambda words: failed.jump_url in words)

    assert (shown.embeds[0].description or "").startswith("🎬 Decided. Follow it here: ")


async def test_a_part_is_locked_by_whoever_wrote_it(simulated: Simulated) -> None:
    card = await open_draft(simulated, simulated.alice)
    await write(simulated, simulated.bob, card, Slot.SOUND, "far bells")

    await simulated.bob.slash(simulated.channel, "draft lock", part=Slot.SOUND.value)
    locked = (await draft_of(simulated, card)).locked_slots
    await simulated.bob.slash(simulated.channel, "draft unlock", part=Slot.SOUND.value)

    assert locked == {Slot.SOUND}
    assert (await draft_of(simulated, card)).locked_slots == frozenset()


async def test_a_moderator_of_messages_locks_and_ends_any_draft(simulated: Simulated) -> None:
    role = simulated.guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    carol = simulated.guild.add_member(simulated.env.create_user("carol"), roles=[role])
    card = await open_draft(simulated, simulated.alice)

    locked = await carol.slash(simulated.channel, "draft lock")
    ended = await carol.slash(simulated.channel, "draft end")

    assert reply_text(locked) == texts.DRAFT_LOCKED_FOR_ALL
    assert reply_text(ended) == texts.DRAFT_DONE[ChangeKind.END]
    assert (await draft_of(simulated, card)).state is DraftState.ENDED


async def test_nobody_else_locks_or_ends_it(simulated: Simulated) -> None:
    await open_draft(simulated, simulated.alice)

    locked = await simulated.bob.slash(simulated.channel, "draft lock")
    ended = await simulated.bob.slash(simulated.channel, "draft end")

    in_charge = texts.DRAFT_ONLY_IN_CHARGE.format(owner_id=simulated.alice.id)
    assert reply_text(locked) == reply_text(ended) == in_charge
