from datetime import timedelta

import pytest

from bot import texts
from bot.delivery.cards import LINK_MAX_CHARS, card_for, listed, took_text
from bot.delivery.progress import Progress
from bot.generation.money import verb_for
from bot.generation.states import CANCELLABLE
from builders import NOON, make_generation, make_request
from storage.ledger import Verb
from storage.records import Contributor, Medium, Payer, State

LINK = "https://results.example/a.mp4?sign=1"


def fields_of(card):
    return {field.name: field.value for field in card.embed.fields}


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_card_that_discord_takes(state):
    request = make_request(prompt="*" * 6000 + "\n" * 50)
    card = card_for(
        make_generation(request=request, state=state, reason="x" * 2000, video_url=LINK, task_id="t")
    )

    assert card.embed.title == texts.HEADLINES[state]
    assert len(card.embed.description or "") <= 4096
    assert len(card.embed) <= 6000


def test_a_card_says_what_was_asked_by_whom():
    card = card_for(make_generation(asker_id=42))

    assert "A paper boat on a river" in (card.embed.description or "")
    assert fields_of(card)[texts.FIELD_ASKER] == "<@42>"
    assert fields_of(card)[texts.FIELD_FORMAT] == "5 s · 16:9"
    assert fields_of(card)[texts.FIELD_MODE] == "Text"


def test_many_lines_are_kept_within_bounds():
    request = make_request(prompt="\n".join(f"line {number}" for number in range(500)))

    card = card_for(make_generation(request=request))

    assert (card.embed.description or "").count("\n> ") < 40


@pytest.mark.parametrize("state", State)
def test_only_what_was_not_sent_has_a_cancel_button(state):
    labels = [button.label for button in card_for(make_generation(state=state)).buttons]

    assert (texts.BUTTON_CANCEL in labels) == (state in CANCELLABLE)


def test_a_delivered_card_links_to_the_video_and_says_how_long_it_took():
    ended_at = NOON + timedelta(seconds=133)
    card = card_for(make_generation(state=State.DELIVERED, video_url=LINK, ended_at=ended_at, file_bytes=10))

    assert [button.url for button in card.buttons if button.url] == [LINK]
    assert fields_of(card)[texts.FIELD_TOOK] == "2 min 13 s"


def test_a_link_too_long_for_a_button_becomes_text():
    link = LINK + "x" * LINK_MAX_CHARS
    card = card_for(make_generation(state=State.DELIVERED, video_url=link))

    assert not any(button.url for button in card.buttons)
    assert link in (card.embed.description or "")


def test_a_video_without_a_file_is_explained():
    card = card_for(make_generation(state=State.DELIVERED, video_url=LINK, file_bytes=None))

    assert texts.LINK_INSTEAD in (card.embed.description or "")


def test_progress_is_shown_only_while_the_api_works():
    progress = Progress(fraction=0.5, ready_at=NOON)

    working = card_for(make_generation(state=State.PROCESSING), progress=progress)
    waiting = card_for(make_generation(state=State.WAITING), progress=progress)

    assert "▰▰▰▰▰▰▱▱▱▱▱▱ 50 %" in fields_of(working)[texts.FIELD_PROGRESS]
    assert texts.FIELD_PROGRESS not in fields_of(waiting)


def test_a_model_we_no_longer_have_still_has_a_card():
    card = card_for(make_generation(model="gone_model"))

    assert fields_of(card)[texts.FIELD_MODEL] == "gone_model"


def test_a_reason_from_outside_does_not_format_as_ours():
    card = card_for(make_generation(state=State.FAILED, reason="**no** [x](http://y.example)"))

    assert r"\*\*no\*\* \[x]" in (card.embed.description or "")


async def test_discord_py_keeps_no_copy_of_a_cards_buttons():
    assert card_for(make_generation(state=State.WAITING)).view().is_finished()


def test_took_never_runs_backwards():
    assert took_text(make_generation(ended_at=NOON - timedelta(hours=1))) == "0 s"


def test_a_card_names_its_files():
    media = (
        Medium(field="first_image", name="*cat*.png", url="https://cdn.example/cat.png"),
        Medium(field="last_image", name="dog.png", url="https://cdn.example/dog.png"),
    )
    card = card_for(make_generation(media=media))

    assert fields_of(card)[texts.FIELD_MEDIA] == "first frame: \\*cat\\*.png\nlast frame: dog.png"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "video `abc123`"),
        ({"parent_card_id": 5}, "[an earlier video](https://discord.com/channels/10/20/5)"),
        (
            {"parent_card_id": 5, "guild_id": None},
            "[an earlier video](https://discord.com/channels/@me/20/5)",
        ),
    ],
)
def test_a_remix_leads_to_the_card_of_what_it_was_made_from(changes, words):
    card = card_for(make_generation(parent_id="abc123", **changes))

    assert fields_of(card)[texts.FIELD_PARENT] == words


def test_fifteen_long_file_names_fit():
    media = (Medium(field="referenceImages", name="*" * 300, url="https://cdn.example/a"),) * 15

    assert len(fields_of(card_for(make_generation(media=media)))[texts.FIELD_MEDIA]) <= 1024


@pytest.mark.parametrize("state", [State.UNCERTAIN, State.STALLED, State.LOST, State.QUEUED])
def test_what_may_still_come_through_offers_nothing_that_would_ask_again(state):
    assert card_for(make_generation(state=state)).buttons == ()


@pytest.mark.parametrize(
    ("file_bytes", "url", "words"),
    [
        (1000, LINK, f"{texts.UNDELIVERABLE_KEPT} {texts.UNDELIVERABLE_LINKED}"),
        (1000, None, texts.UNDELIVERABLE_KEPT),
        (None, LINK, f"{texts.UNDELIVERABLE_LINKED} {texts.NOT_CHARGED}"),
        (None, None, f"{texts.UNDELIVERABLE_ELSEWHERE} {texts.NOT_CHARGED}"),
    ],
)
def test_a_video_that_could_not_be_brought_is_promised_only_where_it_is(file_bytes, url, words):
    undeliverable = make_generation(state=State.UNDELIVERABLE, file_bytes=file_bytes, video_url=url)

    assert (card_for(undeliverable).embed.description or "").endswith(f"\n\n{words}")


@pytest.mark.parametrize("file_bytes", [None, 1000])
@pytest.mark.parametrize("state", State)
def test_a_card_names_the_cost_the_way_the_money_went(state, file_bytes):
    generation = make_generation(state=state, file_bytes=file_bytes, price_credits=3)
    is_given_back = verb_for(generation) is Verb.RELEASE

    card = card_for(generation)

    assert fields_of(card)[texts.FIELD_COST] == ("nothing" if is_given_back else "3 credits")
    assert (texts.NOT_CHARGED in (card.embed.description or "")) == is_given_back


@pytest.mark.parametrize("state", [State.DELIVERED, State.UNDELIVERABLE, State.REFUSED, State.FAILED])
def test_what_somebody_gave_back_is_named_with_the_cost(state):
    card = card_for(make_generation(state=state, price_credits=3, refunded_at=NOON))

    assert fields_of(card)[texts.FIELD_COST] == "3 credits, given back"


# Who pays how much of 3 credits for a video of member 30.
PAYERS = [
    ((), "3 credits"),
    ((Payer(member_id=30, credits=3),), "3 credits"),
    ((Payer(member_id=31, credits=3),), "3 credits, paid by <@31>"),
    ((Payer(member_id=31, credits=2), Payer(member_id=30, credits=1)), "3 credits, shared: <@31> 2, <@30> 1"),
]


@pytest.mark.parametrize(("payers", "cost"), PAYERS)
def test_a_card_names_who_pays_where_that_is_not_the_asker_alone(payers, cost):
    card = card_for(make_generation(price_credits=3, payers=payers))

    assert fields_of(card)[texts.FIELD_COST] == cost


def test_what_costs_nothing_names_no_cost():
    assert texts.FIELD_COST not in fields_of(card_for(make_generation(price_credits=0)))


def test_who_made_it_together_is_named_with_their_parts():
    contributors = (
        Contributor(member_id=1, slots=("subject", "camera")),
        Contributor(member_id=2, slots=("light",), fields=("referenceImages", "referenceAudios")),
        Contributor(member_id=3),
    )

    card = card_for(make_generation(contributors=contributors))

    assert fields_of(card)[texts.FIELD_CONTRIBUTORS] == (
        "<@1> subject, camera · <@2> light and style, picture, sound · <@3> files"
    )


def test_a_video_of_a_draft_names_it_and_leads_to_its_card():
    video = make_generation(draft_title="The [fox] @everyone", draft_card_id=5)

    assert fields_of(card_for(video))[texts.FIELD_DRAFT] == (
        "**The \\[fox] \\@everyone** · [its card](https://discord.com/channels/10/20/5)"
    )


def test_a_draft_without_a_card_is_named_all_the_same():
    video = make_generation(draft_title="The fox")

    assert fields_of(card_for(video))[texts.FIELD_DRAFT] == "**The fox**"


def test_the_fullest_card_of_a_draft_fits():
    contributors = tuple(Contributor(member_id=2**63 + number) for number in range(100))
    media = tuple(Medium(field="referenceImages", name="*" * 200, url="u") for _ in range(15))
    video = make_generation(
        state=State.DELIVERED,
        request=make_request(prompt="*" * 6000 + "\n" * 50),
        reason="x" * 2000,
        video_url=f"https://results.example/{'a' * 2400}",
        copy_max_bytes=1,
        price_credits=10**6,
        parent_id="f" * 16,
        parent_card_id=2**63,
        media=media,
        contributors=contributors,
        payers=tuple(Payer(member_id=2**63 + number, credits=10**6) for number in range(25)),
        draft_title="*" * 80,
        draft_card_id=2**63,
    )

    assert len(card_for(video).embed) <= 6000


def test_who_made_it_alone_did_not_make_it_together():
    card = card_for(make_generation(contributors=(Contributor(member_id=1, slots=("subject",)),)))

    assert fields_of(card)[texts.FIELD_CONTRIBUTOR] == "<@1> subject"


def test_a_hundred_contributors_fit():
    contributors = tuple(Contributor(member_id=2**63 + number) for number in range(100))

    shown = fields_of(card_for(make_generation(contributors=contributors)))[texts.FIELD_CONTRIBUTORS]

    assert len(shown) <= 1024
    assert "more" in shown


@pytest.mark.parametrize(
    ("max_chars", "words"),
    [(15, "one, two, three"), (14, "… and 3 more")],
)
def test_a_list_shows_what_fits_and_counts_the_rest(max_chars, words):
    assert listed(["one", "two", "three"], separator=", ", max_chars=max_chars) == words


def test_a_delivered_video_of_a_server_can_become_a_draft():
    def labels(**changes):
        buttons = card_for(make_generation(state=State.DELIVERED, video_url=LINK, **changes)).buttons
        return [button.label for button in buttons]

    assert labels() == [
        texts.BUTTON_OPEN,
        texts.BUTTON_REMIX,
        texts.BUTTON_AGAIN,
        texts.BUTTON_DELETE,
        texts.BUTTON_FORK,
    ]
    assert texts.BUTTON_FORK not in labels(guild_id=None)


@pytest.mark.parametrize("state", [State.CANCELLED, State.REFUSED, State.FAILED])
def test_those_who_wrote_what_was_not_made_can_go_on_in_a_new_draft(state):
    buttons = card_for(make_generation(state=state)).buttons

    assert texts.BUTTON_FORK in [button.label for button in buttons]
