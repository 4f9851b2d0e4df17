"""What moderators set holds for whom they set it, leaves a trail, and is never lost to somebody else's change."""

import asyncio
import itertools

import pytest

from bot import texts
from bot.limits.limits import Limits, ServerSettings, Source
from bot.limits.rulebook import PRICES, OperatorRules, Rulebook
from bot.limits.rules import ChannelElsewhere, OnlyForServers, RulesService
from bot.limits.trail import Action, Actor, Change
from bot.limits.values import UnknownSetting, WrongValue
from builders import NOON, make_member
from fakes import HandClock
from storage import audit, settings
from storage.audit import AuditEntry
from storage.settings import Scope, Subject

GUILD, CAROL, FANS, EDITORS = 10, 40, 50, 51
SERVER = Subject(guild_id=GUILD, scope=Scope.SERVER)
ROLE = Subject(guild_id=GUILD, scope=Scope.ROLE, id=FANS)
MEMBER = Subject(guild_id=GUILD, scope=Scope.MEMBER, id=30)
INTERACTION_IDS = itertools.count(1)


def carol(interaction_id=None):
    """A moderator, each time by an interaction of its own."""
    return Actor(member_id=CAROL, guild_id=GUILD, interaction_id=interaction_id or next(INTERACTION_IDS))


@pytest.fixture
def rules(database):
    operator = OperatorRules(limits=Limits(videos_per_day=9))
    return RulesService(database, clock=HandClock(), rulebook=Rulebook(operator))


def shown(found, name):
    [one] = [one for one in found if one.name == name]
    return one.text, one.source


async def test_at_first_everything_is_the_operators_default(rules):
    found = await rules.of_server(GUILD)

    assert [one.name for one in found] == [*Limits.model_fields, *ServerSettings.model_fields]
    assert {one.source for one in found} == {Source.DEFAULT}
    assert shown(found, "videos_per_day") == ("9", Source.DEFAULT)


async def test_what_is_set_for_the_server_holds_for_everybody(rules):
    await rules.set(SERVER, "credits_per_day", "20", actor=carol())
    await rules.set(SERVER, "gifts", "yes", actor=carol())

    server, role = await rules.of_server(GUILD), await rules.of_role(GUILD, role_id=FANS)

    assert shown(server, "gifts") == ("yes", Source.SERVER)
    assert shown(server, "credits_per_day") == shown(role, "credits_per_day") == ("20 credits", Source.SERVER)


async def test_a_role_and_a_member_have_their_own(rules):
    await rules.set(ROLE, "credits_per_day", "20", actor=carol())
    await rules.set(MEMBER, "credits_per_month", "no limit", actor=carol())

    role = await rules.of_role(GUILD, role_id=FANS)
    member = await rules.of_member(make_member(role_ids=frozenset({FANS})))

    assert shown(role, "credits_per_day") == shown(member, "credits_per_day") == ("20 credits", Source.ROLE)
    assert shown(member, "credits_per_month") == ("no limit", Source.MEMBER)


async def test_another_role_is_not_affected(rules):
    await rules.set(ROLE, "videos_per_day", "1", actor=carol())

    assert shown(await rules.of_role(GUILD, role_id=EDITORS), "videos_per_day") == ("9", Source.DEFAULT)


async def test_a_change_says_what_was_before(rules):
    first = await rules.set(SERVER, "cooldown_s", "5m", actor=carol())
    second = await rules.set(SERVER, "cooldown_s", "none", actor=carol())

    assert first == Change(name="cooldown_s", before="no limit · default", after="5 min")
    assert second == Change(name="cooldown_s", before="5 min", after="no limit")


DEFAULTS = [("gifts", "yes", "no"), ("videos_per_day", "3", "9"), ("confirm_above", "8", "5 credits")]


@pytest.mark.parametrize(("name", "text", "default"), DEFAULTS)
async def test_what_a_server_has_not_set_reads_as_the_default_that_holds(rules, name, text, default):
    change = await rules.set(SERVER, name, text, actor=carol())
    [gone] = await rules.reset(SERVER, name, actor=carol())

    assert change.before == gone.after == texts.VALUE_BY_DEFAULT.format(value=default)
    assert shown(await rules.of_server(GUILD), name) == (default, Source.DEFAULT)


async def test_no_limit_is_not_the_same_as_not_set(rules):
    await rules.set(SERVER, "confirm_above", "no limit", actor=carol())

    assert shown(await rules.of_server(GUILD), "confirm_above") == ("no limit", Source.SERVER)


async def test_what_is_reset_comes_from_wider_again(rules):
    await rules.set(SERVER, "videos_per_day", "3", actor=carol())
    await rules.set(ROLE, "videos_per_day", "5", actor=carol())

    gone = await rules.reset(ROLE, "videos_per_day", actor=carol())

    assert gone == [Change(name="videos_per_day", before="5", after=texts.NOT_SET)]
    assert shown(await rules.of_role(GUILD, role_id=FANS), "videos_per_day") == ("3", Source.SERVER)


async def test_resetting_all_keeps_the_prices_which_are_not_the_moderators(rules, database):
    await database.transaction(
        settings.put, SERVER, {"gifts": True, "cooldown_s": 5, PRICES: {"videos": "7"}}
    )

    gone = await rules.reset(SERVER, actor=carol())

    assert {change.name for change in gone} == {"gifts", "cooldown_s"}
    assert await database.transaction(settings.find, SERVER) == {PRICES: {"videos": "7"}}


async def test_resetting_what_is_not_set_changes_nothing(rules):
    assert await rules.reset(ROLE, actor=carol()) == []
    assert await rules.reset(ROLE, "cooldown_s", actor=carol()) == []
    assert await rules.history(GUILD) == []


WRONG = [
    (SERVER, "credits", "5", UnknownSetting),
    (SERVER, PRICES, "5", UnknownSetting),
    (SERVER, "credits_per_day", "many", WrongValue),
    (ROLE, "gifts", "yes", OnlyForServers),
    (MEMBER, "time_zone", "UTC", OnlyForServers),
    (SERVER, "moderator_channel", "<#78>", ChannelElsewhere),
]


@pytest.mark.parametrize(("subject", "name", "text", "refusal"), WRONG)
async def test_what_cannot_be_is_refused_and_leaves_no_trail(rules, subject, name, text, refusal):
    with pytest.raises(refusal):
        await rules.set(subject, name, text, actor=carol(), channel_ids=[77])

    assert await rules.set_for(subject) == {}
    assert await rules.history(GUILD) == []


@pytest.mark.parametrize("name", ["credits", PRICES])
async def test_what_is_no_setting_cannot_be_reset(rules, name):
    with pytest.raises(UnknownSetting):
        await rules.reset(SERVER, name, actor=carol())


async def test_a_channel_of_the_server_is_taken(rules):
    await rules.set(SERVER, "moderator_channel", "<#77>", actor=carol(), channel_ids=[77])

    assert await rules.set_for(SERVER) == {"moderator_channel": 77}


async def test_every_change_leaves_who_what_before_and_after(rules):
    await rules.set(ROLE, "cooldown_s", "30", actor=carol(1001))
    await rules.reset(ROLE, actor=carol(1002))

    set_first = AuditEntry(
        at=NOON,
        actor_id=CAROL,
        guild_id=GUILD,
        action=Action.SET,
        subject=f"role:{FANS}",
        details={
            "name": "cooldown_s",
            "before": texts.NOT_SET,
            "after": "30 s",
            "interaction_id": "1001",
        },
    )
    latest, first = await rules.history(GUILD)
    assert first == set_first
    assert latest.details == {
        "name": "cooldown_s",
        "before": "30 s",
        "after": texts.NOT_SET,
        "interaction_id": "1002",
    }


async def test_setting_the_same_again_is_no_change(rules):
    for _ in range(2):
        change = await rules.set(SERVER, "cooldown_s", "30", actor=carol())

    assert change.before == change.after
    assert len(await rules.history(GUILD)) == 1


async def test_an_interaction_that_arrives_twice_counts_once_and_is_answered_the_same(rules):
    first, second = carol(), carol()

    changes = [await rules.set(SERVER, "cooldown_s", "30", actor=first) for _ in range(2)]
    await rules.set(SERVER, "gifts", "yes", actor=carol())
    resets = [await rules.reset(SERVER, actor=second) for _ in range(2)]

    assert changes[0] == changes[1]
    assert changes[0].before != changes[0].after
    assert resets[0] == resets[1]
    assert [change.name for change in resets[0]] == ["cooldown_s", "gifts"]
    assert len(await rules.history(GUILD)) == 4


async def test_what_arrives_again_late_undoes_nobodys_work(rules):
    first = carol()
    await rules.set(SERVER, "cooldown_s", "30", actor=first)
    await rules.set(SERVER, "cooldown_s", "60", actor=carol())

    await rules.set(SERVER, "cooldown_s", "30", actor=first)

    assert await rules.set_for(SERVER) == {"cooldown_s": 60}


async def test_a_server_sees_no_other_servers_history_and_no_operators_business(rules, database):
    await rules.set(SERVER, "gifts", "yes", actor=carol())
    [entry] = await rules.history(GUILD)
    resolved = AuditEntry(
        at=NOON, actor_id=1, guild_id=GUILD, action="resolve generation", subject="fox", details={}
    )
    await database.transaction(audit.add, resolved)

    assert await rules.history(GUILD) == [entry]
    assert await rules.history(GUILD + 1) == []


async def test_of_many_moderators_at_once_nobody_undoes_anothers_work(rules):
    values = {
        "credits_per_day": "1",
        "cooldown_s": "2",
        "longest_s": "3",
        "gifts": "yes",
        "confirm_above": "5",
    }

    await asyncio.gather(*(rules.set(SERVER, name, text, actor=carol()) for name, text in values.items()))

    assert (await rules.set_for(SERVER)).keys() == values.keys()
    assert len(await rules.history(GUILD)) == len(values)
