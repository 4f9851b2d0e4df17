"""Each contradiction that we know of is found when it is planted, on both databases; one in order has none."""

import json

import pytest

from bot.generation import money
from bot.generation.states import ENDS as ENDS_OF_LIFE
from builders import NOON, make_asset, make_generation
from storage import assets, check, generations, ledger
from storage.backup import file_of
from storage.check import contradictions
from storage.database import Transaction, open_database
from storage.errors import UnusableDatabase
from storage.ledger import Entry, Verb
from storage.records import AssetState, Medium, Notice, State
from storage.shards import Shard

ACCEPTED = {"task_id": "t", "submitted_at": NOON, "card_id": 1}
OVER = {"ended_at": NOON, "notice": Notice.TOLD}
SOUND = [
    {},
    {"state": State.WAITING, "card_id": 1},
    {"state": State.QUEUED, **ACCEPTED},
    {"state": State.DELIVERED, **ACCEPTED, **OVER},
    {"state": State.UNCERTAIN, "card_id": 1, "reason": "lost", **OVER},
    {"state": State.CANCELLED, **OVER},
]
# The sentence, and a row of which it is true.
PLANTED = {
    "the API has it, but its id is missing": {"state": State.QUEUED, "card_id": 1},
    "it has an id of the API without having been accepted": {"state": State.WAITING, **ACCEPTED},
    "its id of the API and the instant of acceptance do not go together": {
        "state": State.QUEUED,
        **ACCEPTED,
        "submitted_at": None,
    },
    "it is over, but not since when": {"state": State.CANCELLED},
    "it ended before it was accepted": {"state": State.ADMITTED, "ended_at": NOON},
    "its asker was told an end that it has not reached": {
        "state": State.QUEUED,
        **ACCEPTED,
        "notice": Notice.TOLD,
    },
    "it has a card before one was posted": {"card_id": 1},
    "it went on without a card": {"state": State.WAITING},
    "there is no link to download it from": {"state": State.DOWNLOADING, **ACCEPTED},
    "nobody knows how it ended, nor why": {"state": State.UNCERTAIN, **OVER},
}
# What no record can hold is planted as SQL.
PLANTED_BY_HAND = {
    "its state is unknown": "UPDATE generations SET state = 'dreaming', ended_at = 1",
    "its notice is unknown": "UPDATE generations SET notice = 'shouted'",
    "its request cannot be read": "UPDATE generations SET request = '{'",
    "its files cannot be read": "UPDATE generations SET media = '['",
    "it needs a picture that does not exist": (
        "UPDATE generations SET media = '" + json.dumps([{"field": "first_image", "asset_id": "gone"}]) + "'"
    ),
}
PLANTED_ASSETS = {
    "the API has it, but its id is missing": {"state": AssetState.ACTIVE},
    "it has an id of the API without having been taken": {"upstream_id": "a", "key_digest": "k"},
    "it was handed in, but not for which account": {"state": AssetState.ACTIVE, "upstream_id": "a"},
    "it cannot be used, and nobody knows why": {"state": AssetState.REFUSED},
    "its name cannot be compared": {"name": "fox", "name_key": None},
}


def refund(transaction, generation_id, *, at):
    """As a moderator does it: the money and the word on the card together."""
    generations.mark_refunded(transaction, generation_id, at=at)
    ledger.refund(transaction, generation_id, at=at)


# A state, what was written after the reservation of 3 credits, and what is wrong with it.
PLANTED_CREDITS = {
    "it is over, but its credits are still held": (State.DELIVERED, []),
    "it was made, but its credits were given back": (State.DELIVERED, [ledger.release]),
    "it is not charged, but its credits were taken": (State.FAILED, [ledger.settle]),
    "it is not over, but its credits are no longer held": (State.QUEUED, [ledger.settle]),
    "its credits were given back, but its card does not say so": (
        State.DELIVERED,
        [ledger.settle, ledger.refund],
    ),
    "its card says that its credits were given back, but they were not": (
        State.DELIVERED,
        [ledger.settle, generations.mark_refunded],
    ),
}
SOUND_CREDITS = [
    (State.QUEUED, []),
    (State.STALLED, []),
    (State.DELIVERED, [ledger.settle]),
    (State.DELIVERED, [ledger.settle, refund]),
    (State.FAILED, [ledger.release]),
    (State.FAILED, [ledger.release, generations.mark_refunded]),
]
PLANTED_ENTRIES = {
    "what it does is unknown": "UPDATE entries SET verb = 'steal' WHERE verb = 'settle'",
    "its generation does not exist": "UPDATE entries SET generation_id = 'gone'",
    "what it follows is missing, or is about other credits": (
        "UPDATE entries SET allowance_credits = 9 WHERE verb = 'settle'"
    ),
    "the other side of the gift is missing": "UPDATE entries SET verb = 'give' WHERE verb = 'reserve'",
}


@pytest.fixture
def url(database_url):
    return database_url


async def plant(url, function, *rows):
    async with await open_database(url) as database:
        for row in rows:
            await database.transaction(function, row)


async def by_hand(url, sql):
    await plant(url, Transaction.run, sql)


def test_every_rule_is_planted_by_a_test():
    elsewhere = {"another one has the same id of the API"}

    assert (
        set(check.GENERATIONS)
        == PLANTED.keys() | PLANTED_BY_HAND.keys() - check.JSON["sqlite"].keys() | elsewhere
    )
    assert set(check.JSON["sqlite"]) == set(check.JSON["postgresql"]) < PLANTED_BY_HAND.keys()
    # A word that is no state of an asset cannot be read back, but it is found like that of a generation.
    assert set(check.ASSETS) == PLANTED_ASSETS.keys() | {"its state is unknown"}
    assert set(check.CREDITS) == PLANTED_CREDITS.keys() | {"its price is not what was reserved"}
    assert set(check.ENTRIES) == PLANTED_ENTRIES.keys()


def test_the_ends_are_those_of_the_life():
    assert check.ENDS == ENDS_OF_LIFE


async def test_a_database_in_order_has_no_contradictions(url):
    rows = [
        make_generation(**fields | {"task_id": f"t{n}"} if "task_id" in fields else fields)
        for n, fields in enumerate(SOUND)
    ]
    await plant(url, generations.add, *rows)
    await plant(
        url,
        assets.add,
        make_asset(),
        make_asset(name="fox", state=AssetState.ACTIVE, upstream_id="a", key_digest="k"),
    )

    assert contradictions(url) == []


async def test_a_file_without_review_needs_no_picture_in_the_library(url):
    fox = Medium(field="first_image", name="fox.png", url="https://example.com/fox.png")
    await plant(url, generations.add, make_generation(media=(fox,)))

    assert contradictions(url) == []


@pytest.mark.parametrize(("words", "fields"), PLANTED.items(), ids=PLANTED)
async def test_a_contradiction_in_a_generation_is_found(words, fields, url):
    generation = make_generation(**fields)
    await plant(url, generations.add, generation)

    assert f"generation {generation.id}: {words}." in contradictions(url)


@pytest.mark.parametrize(("words", "sql"), PLANTED_BY_HAND.items(), ids=PLANTED_BY_HAND)
async def test_what_no_record_can_hold_is_found(words, sql, url):
    generation = make_generation()
    await plant(url, generations.add, generation)
    await by_hand(url, sql)

    assert contradictions(url) == [f"generation {generation.id}: {words}."]


async def test_an_id_of_the_api_that_two_have_is_found_twice(url):
    pair = [make_generation(state=State.QUEUED, **ACCEPTED) for _ in range(2)]
    await plant(url, generations.add, *pair)

    words = "another one has the same id of the API"
    assert sorted(contradictions(url)) == [f"generation {one.id}: {words}." for one in pair]


@pytest.mark.parametrize(("words", "fields"), PLANTED_ASSETS.items(), ids=PLANTED_ASSETS)
async def test_a_contradiction_in_an_asset_is_found(words, fields, url):
    asset = make_asset(**fields)
    await plant(url, assets.add, asset)

    assert contradictions(url) == [f"asset {asset.id}: {words}."]


async def test_a_video_on_its_way_must_be_on_the_disk(url, tmp_path):
    rows = [
        make_generation(state=State.DELIVERING, **ACCEPTED | {"task_id": name, "file_bytes": 5})
        for name in ("here", "gone")
    ]
    await plant(url, generations.add, *rows)
    (tmp_path / rows[0].id).touch()

    found = contradictions(url, video_of=lambda generation_id: tmp_path / generation_id)

    assert found == [f"generation {rows[1].id}: its video is not on the disk."]


@pytest.mark.parametrize(("shard_id", "missing_count"), [(0, 0), (1, 1)])
async def test_only_the_process_that_has_a_video_must_have_its_file(shard_id, missing_count, url, tmp_path):
    row = make_generation(state=State.DELIVERING, guild_id=1 << 22, file_bytes=5, **ACCEPTED)
    await plant(url, generations.add, row)

    found = contradictions(
        url, video_of=lambda generation_id: tmp_path / generation_id, shard=Shard(id=shard_id, count=2)
    )

    assert len(found) == missing_count


async def test_a_database_in_use_can_be_checked(url):
    async with await open_database(url) as database:
        await database.transaction(generations.add, generation := make_generation(state=State.WAITING))

        assert contradictions(url) == [f"generation {generation.id}: it went on without a card."]


async def test_a_copy_is_checked_by_its_path(sqlite_url):
    assert contradictions(file_of(sqlite_url)) == []


def test_an_unreachable_postgresql_is_one_sentence_without_its_password():
    with pytest.raises(UnusableDatabase, match="PostgreSQL cannot be used") as caught:
        contradictions("postgresql://me:secret@127.0.0.1:1/x")

    assert "secret" not in repr(caught.value)


async def test_a_damaged_file_is_found(sqlite_url):
    path = file_of(sqlite_url)
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096)

    with pytest.raises(UnusableDatabase, match="malformed"):
        assert contradictions(path) == []


async def test_a_database_of_another_version_is_not_judged(url):
    await by_hand(url, "UPDATE alembic_version SET version_num = '0000'")

    with pytest.raises(UnusableDatabase, match="another version"):
        contradictions(url)


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(UnusableDatabase, match="cannot be read or copied"):
        contradictions(tmp_path / "none.db")

    assert list(tmp_path.iterdir()) == []


def reserve(transaction, generation):
    ledger.lock(transaction, guild_id=10, member_ids=[30])
    entry = Entry(
        at=NOON,
        verb=Verb.RESERVE,
        guild_id=10,
        member_id=30,
        generation_id=generation.id,
        allowance_credits=generation.price_credits,
        counted_at=NOON,
    )
    ledger.add(transaction, entry)


def reserve_and_go_on(transaction, generation, verbs):
    generations.add(transaction, generation)
    reserve(transaction, generation)
    for verb in verbs:
        verb(transaction, generation.id, at=NOON)


async def plant_with_credits(url, state, verbs, **changes):
    over = OVER if state in check.ENDS else {}
    generation = make_generation(state=state, price_credits=3, **ACCEPTED, **over | changes)
    async with await open_database(url) as database:
        await database.transaction(reserve_and_go_on, generation, verbs)
    return generation


@pytest.mark.parametrize(("words", "course"), PLANTED_CREDITS.items(), ids=PLANTED_CREDITS)
async def test_credits_that_contradict_a_state_are_found(words, course, url):
    generation = await plant_with_credits(url, *course)

    assert f"generation {generation.id}: {words}." in contradictions(url)


@pytest.mark.parametrize(("state", "verbs"), SOUND_CREDITS)
async def test_credits_that_fit_their_state_are_no_contradiction(state, verbs, url):
    await plant_with_credits(url, state, verbs)

    assert contradictions(url) == []


@pytest.mark.parametrize("file_bytes", [None, 5])
@pytest.mark.parametrize("state", State)
async def test_the_rules_for_credits_are_those_by_which_they_move(state, file_bytes, url):
    verb = money.verb_for(make_generation(state=state, file_bytes=file_bytes))
    verbs = {None: [], Verb.SETTLE: [ledger.settle], Verb.RELEASE: [ledger.release]}
    await plant_with_credits(url, state, verbs[verb], file_bytes=file_bytes)

    assert [words for words in check.CREDITS if f"{words}." in " ".join(contradictions(url))] == []


async def test_a_price_that_is_not_what_was_reserved_is_found(url):
    generation = await plant_with_credits(url, State.QUEUED, [])
    await by_hand(url, "UPDATE generations SET price_credits = 4")

    assert contradictions(url) == [f"generation {generation.id}: its price is not what was reserved."]


@pytest.mark.parametrize(("words", "sql"), PLANTED_ENTRIES.items(), ids=PLANTED_ENTRIES)
async def test_an_entry_that_cannot_be_is_found(words, sql, url):
    await plant_with_credits(url, State.DELIVERED, [ledger.settle])
    await by_hand(url, sql)

    assert f": {words}." in " ".join(
        sentence for sentence in contradictions(url) if "ledger entry" in sentence
    )


async def test_an_account_that_is_not_the_sum_of_its_entries_is_found(url):
    await plant_with_credits(url, State.QUEUED, [])
    await by_hand(url, "UPDATE accounts SET held_credits = 2 WHERE holder = 'member:10:30'")

    assert contradictions(url) == ["account member:10:30: it is not the sum of its entries."]


async def test_an_account_that_is_missing_is_found(url):
    await plant_with_credits(url, State.QUEUED, [])
    await by_hand(url, "DELETE FROM accounts WHERE holder = 'server:10'")

    assert contradictions(url) == ["account server:10: it is not the sum of its entries."]


async def test_an_account_below_zero_is_found(url):
    await plant_with_credits(url, State.QUEUED, [])
    for sql in (
        "UPDATE entries SET balance_credits = 1, allowance_credits = 2",
        "UPDATE accounts SET balance_credits = -1",
    ):
        await by_hand(url, sql)

    assert contradictions(url) == [
        f"account {holder}: it has less than nothing." for holder in ("instance", "member:10:30", "server:10")
    ]
