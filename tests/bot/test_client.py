"""What the client passes on: whom an application belongs to, and that permissions have changed."""

from types import SimpleNamespace

import discord
import pytest

from bot.client import owner_ids_of
from bot.drafts import board
from drafting import draft_card, open_draft, write
from fakes import until
from storage.draft_records import Slot


def application(team=None):
    data = {
        "id": "1",
        "name": "Showrunner",
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "summary": "",
        "verify_key": "",
        "owner": person(30),
        "team": team,
    }
    state = SimpleNamespace(create_user=lambda user: discord.User(state=None, data=user))
    return discord.AppInfo(state, data)


def person(user_id):
    return {"id": str(user_id), "username": f"user {user_id}", "discriminator": "0", "avatar": None}


def member(user_id, *, membership_state):
    return {
        "user": person(user_id),
        "membership_state": membership_state,
        "role": "developer",
        "team_id": "2",
    }


def test_an_application_of_one_person_belongs_to_them():
    assert owner_ids_of(application()) == {30}


def test_an_application_of_a_team_belongs_to_those_who_have_joined_it():
    members = [member(31, membership_state=1), member(32, membership_state=2), member(33, membership_state=2)]
    team = {"id": "2", "name": "Studio", "icon": None, "owner_user_id": "32", "members": members}

    assert owner_ids_of(application(team)) == {32, 33}


def change_channel(simulated):
    simulated.env.backend.announce_channel_update(simulated.channel.id)


def change_role(simulated):
    guild = simulated.guild
    simulated.env.backend.edit_role(guild.id, guild.default_role.id, {"mentionable": True})


def open_thread_again(simulated):
    backend = simulated.env.backend
    thread = backend.create_thread(simulated.channel.id, "regatta", simulated.alice.id)
    backend.announce_channel_update(thread.id)


@pytest.mark.parametrize("change", [change_channel, change_role, open_thread_again])
async def test_a_card_is_shown_as_soon_as_permissions_change(change, simulated, monkeypatch, caplog):
    caplog.set_level("INFO", "bot.drafts.board")
    monkeypatch.setattr(board, "BETWEEN_EDITS_S", 0.01)
    monkeypatch.setattr(board, "backoff_s", lambda *_, **__: 3600.0)
    card = await open_draft(simulated, simulated.alice)
    simulated.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50013)
    await write(simulated, simulated.alice, card, Slot.SUBJECT, "A paper boat")
    await until(lambda: "has to wait" in caplog.text)

    change(simulated)

    await draft_card(simulated, lambda words: "A paper boat" in words)
