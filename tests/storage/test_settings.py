"""What is set for somebody comes back as it was set, for them alone."""

from storage import settings
from storage.settings import Scope, Subject

SERVER = Subject(guild_id=10, scope=Scope.SERVER)
ROLE = Subject(guild_id=10, scope=Scope.ROLE, id=2**63 - 1)
OTHER_ROLE = Subject(guild_id=10, scope=Scope.ROLE, id=8)
MEMBER = Subject(guild_id=10, scope=Scope.MEMBER, id=8)
ELSEWHERE = Subject(guild_id=11, scope=Scope.ROLE, id=8)
VALUES = {"credits_per_day": 5, "cooldown_s": None, "models": ["videos"], "words": "内容 'quoted'"}


async def test_nothing_is_set_at_first(database):
    assert await database.transaction(settings.find, SERVER) == {}
    assert await database.transaction(settings.find, SERVER) == {}


async def test_what_was_set_comes_back_for_that_one_alone(database):
    await database.transaction(settings.put, ROLE, VALUES)

    assert await database.transaction(settings.find, ROLE) == VALUES
    assert await database.transaction(settings.find, OTHER_ROLE) == {}


async def test_setting_again_replaces_all_of_it(database):
    await database.transaction(settings.put, SERVER, VALUES)
    await database.transaction(settings.put, SERVER, {"gifts": True})

    assert await database.transaction(settings.find, SERVER) == {"gifts": True}


async def test_setting_nothing_leaves_nothing(database):
    await database.transaction(settings.put, SERVER, VALUES)
    await database.transaction(settings.put, SERVER, {})

    assert await database.transaction(settings.find, SERVER) == {}


async def test_only_the_roles_asked_for_are_read(database):
    for subject in (ROLE, OTHER_ROLE, MEMBER, ELSEWHERE):
        await database.transaction(settings.put, subject, {"id": subject.id})

    found = await database.transaction(settings.of_roles, guild_id=10, role_ids=[8, 9])

    assert found == [{"id": 8}]
