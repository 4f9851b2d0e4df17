import pytest

from bot.config import WrongConfiguration, read_configuration

REQUIRED = {"DISCORD_TOKEN": "discord-secret", "VIDEO_API_KEY": "api-secret"}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("DISCORD_TOKEN", "VIDEO_API_KEY", "VIDEO_API_URL", "DATABASE_URL", "DATA_DIR", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)


def configure(monkeypatch, **values):
    for name, value in (REQUIRED | values).items():
        monkeypatch.setenv(name, value)
    return read_configuration()


def test_every_missing_variable_is_named_in_a_plain_sentence():
    with pytest.raises(WrongConfiguration) as caught:
        read_configuration()

    assert caught.value.message == "DISCORD_TOKEN is not set. VIDEO_API_KEY is not set."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIDEO_API_URL", "ftp://files.example"),
        ("VIDEO_API_URL", "https://user:pass@api.example"),
        ("DATABASE_URL", "mysql://db.example/x"),
        ("POLL_INTERVAL_S", "0"),
        ("POLL_FIRST_S", "soon"),
        ("GENERATION_DEADLINE_S", "nan"),
        ("MEDIA_HOSTS", "https://cdn.example"),
        ("LOG_LEVEL", "loud"),
        ("SHARD_COUNT", "0"),
        ("SHARD_ID", "-1"),
    ],
)
def test_a_wrong_value_is_named_and_never_repeated(monkeypatch, name, value):
    with pytest.raises(WrongConfiguration) as caught:
        configure(monkeypatch, **{name: value})

    assert caught.value.message.startswith(f"{name} is wrong: ")
    assert value not in caught.value.message.split() or name == "POLL_INTERVAL_S"


def test_an_empty_value_counts_as_missing(monkeypatch):
    with pytest.raises(WrongConfiguration, match="DISCORD_TOKEN is not set"):
        configure(monkeypatch, DISCORD_TOKEN="")


def test_the_database_is_a_file_in_the_data_folder_by_default(monkeypatch, tmp_path):
    configuration = configure(monkeypatch, DATA_DIR=str(tmp_path / "here"))

    assert configuration.effective_database_url == f"sqlite:///{tmp_path}/here/showrunner.db"


def test_several_shards_need_postgresql(monkeypatch):
    with pytest.raises(WrongConfiguration, match=r"^SHARD_COUNT is wrong: must be 1 unless DATABASE_URL"):
        configure(monkeypatch, SHARD_COUNT="2", DATABASE_URL="sqlite:///here.db")


@pytest.mark.parametrize(("number", "count"), [("1", "1"), ("3", "3")])
def test_a_shard_is_one_of_those_there_are(monkeypatch, number, count):
    with pytest.raises(WrongConfiguration, match=r"^SHARD_ID is wrong: must be less than SHARD_COUNT\.$"):
        configure(monkeypatch, SHARD_ID=number, SHARD_COUNT=count, DATABASE_URL="postgresql://db.example/x")


def test_shards_are_read(monkeypatch):
    configuration = configure(
        monkeypatch, SHARD_ID="2", SHARD_COUNT="3", DATABASE_URL="postgresql://db.example/x"
    )

    assert (configuration.shard_id, configuration.shard_count) == (2, 3)


def test_a_file_named_env_is_read(tmp_path):
    (tmp_path / ".env").write_text("DISCORD_TOKEN=from-file\nVIDEO_API_KEY=key\nSOMETHING_ELSE=1\n")

    assert read_configuration().discord_token.get_secret_value() == "from-file"


def test_secrets_do_not_print(monkeypatch):
    assert "secret" not in repr(configure(monkeypatch))
