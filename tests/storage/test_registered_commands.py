"""Which commands Discord was given, on both databases."""

from storage import registered_commands


async def test_nothing_is_known_at_first(database):
    assert await database.transaction(registered_commands.find_digest, application_id=1) is None


async def test_the_last_digest_of_each_application_is_remembered(database):
    for application_id, digest in ((1, "old"), (2, "other"), (1, "new")):
        await database.transaction(
            registered_commands.remember_digest, application_id=application_id, digest=digest
        )

    assert await database.transaction(registered_commands.find_digest, application_id=1) == "new"
    assert await database.transaction(registered_commands.find_digest, application_id=2) == "other"
