"""Whom an application belongs to, as Discord tells it."""

from types import SimpleNamespace

import discord

from bot.client import owner_ids_of


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
