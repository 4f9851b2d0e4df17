"""One card shows everything about a draft, whatever people put into it."""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.delivery import custom_ids
from bot.delivery.draft_cards import REASON_MAX_CHARS, DraftFacts, draft_card
from builders import NOON, make_draft, make_participant
from standin.limits import message_faults
from storage.draft_records import (
    DraftMedium,
    DraftState,
    Payment,
    Role,
    Rule,
    Slot,
    SlotText,
    Suggestion,
    Variant,
)
from storage.records import Contributor, Medium

ALICE, BOB, CAROL = 30, 31, 32
LONGEST_ID = 2**63


def facts(**changes):
    return replace(
        DraftFacts(
            prompt="A paper boat.", contributors=(), approvals=(), votes={}, price_credits=3, ends_at=None
        ),
        **changes,
    )


def written(text, author_id=ALICE):
    return SlotText(text=text, author_id=author_id, change=1)


def medium(number, name="boat.png", field="referenceImages", author_id=BOB):
    file = Medium(field=field, name=name, url=f"https://cdn.example/{number}")
    return DraftMedium(number=number, medium=file, author_id=author_id)


def fields_of(card):
    return {field.name: field.value for field in card.embed.fields}


def labels_of(card):
    return [button.label for button in card.buttons]


def payload_of(card):
    return {"embeds": [card.embed.to_dict()], "components": card.view().to_components()}


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.just("*_~`|@everyone #" * 3)


@st.composite
def long_texts(draw, max_chars):
    word = draw(words)
    return (word * max_chars)[:max_chars] or "x"


@st.composite
def worst_drafts(draw):
    people = [LONGEST_ID + number for number in range(100)]
    return make_draft(
        title=draw(long_texts(80)),
        owner_id=people[0],
        state=draw(st.sampled_from(DraftState)),
        reason=draw(st.none() | long_texts(3000)),
        is_locked=draw(st.booleans()),
        locked_slots=frozenset(Slot),
        newcomer_role=draw(st.sampled_from(Role)),
        slots={slot: written(draw(long_texts(1500)), people[1]) for slot in Slot},
        suggestions=tuple(
            Suggestion(number=number, slot=Slot.LIGHT, text="*" * 1500, author_id=people[2])
            for number in range(50)
        ),
        media=tuple(medium(number, name=draw(long_texts(300)), author_id=people[3]) for number in range(15)),
        variants=tuple(
            Variant(number=number, prompt="_" * 9000, author_id=people[4], authors={})
            for number in range(1, 6)
        ),
        participants=tuple(
            make_participant(id, approved=draw(st.sampled_from([None, 1, 2])), share_max_credits=1)
            for id in people
        ),
        rule=draw(st.sampled_from(Rule)),
        needed=25,
        vote_closes_at=draw(st.none() | st.just(NOON)),
        payment=draw(st.sampled_from(Payment)),
        sponsor_id=people[5],
        sponsor_max_credits=draw(st.sampled_from([1, 10**9])),
        model=draw(st.sampled_from(["videos", "sd2_manxue_720p", "gone_model"])),
    )


@settings(max_examples=20, deadline=None)
@given(draft=worst_drafts())
async def test_the_worst_draft_has_a_card_that_discord_takes(draft):
    worst = facts(
        prompt="*" * 9000,
        contributors=[
            Contributor(
                member_id=it.member_id,
                slots=tuple(slot.value for slot in Slot),
                fields=tuple(texts.MEDIA_FIELDS),
            )
            for it in draft.participants
        ],
        approvals=[it.member_id for it in draft.participants if it.approved == 1],
        votes=dict.fromkeys(range(1, 6), 100),
        price_credits=10**9,
        unpayable="Nobody agreed. " * 20,
        ends_at=NOON,
        picture_url="https://cdn.example/a.png",
        video="[the video](https://discord.com/channels/1/2/3)",
        origin="*" * 320,
    )

    assert message_faults(payload_of(draft_card(draft, worst))) == []


def test_a_part_names_its_author_and_an_open_one_invites():
    draft = make_draft(
        slots={Slot.CAMERA: written("slow *dolly*", BOB)}, locked_slots=frozenset({Slot.CAMERA})
    )

    shown = fields_of(draft_card(draft, facts()))

    assert shown["🎦 Camera 🔒"] == r"slow \*dolly\* — <@31>"
    assert shown["🔊 Sound"] == texts.DRAFT_OPEN_SLOT


def test_the_buttons_show_which_parts_are_still_to_be_written():
    draft = make_draft(slots={Slot.CAMERA: written("slow dolly")})

    parts = draft_card(draft, facts()).buttons[: len(Slot)]

    labels = ["⭐ Subject", "🏃 Action", "✓ Camera", "🎨 Style", "🔊 Sound", "✨ Other"]
    assert [part.label for part in parts] == labels
    to_write = [part.label for part in parts if part.style is discord.ButtonStyle.primary]
    assert to_write == [label for label in labels if "✓" not in label]


async def test_during_a_vote_the_card_has_a_row_for_each_kind_of_thing():
    draft = make_draft(rule=Rule.VOTE, variants=VARIANTS, vote_closes_at=NOON)

    rows = draft_card(draft, facts()).view().to_components()

    assert [len(row["components"]) for row in rows] == [3, 3, 5, 2, 1]


@pytest.mark.parametrize(
    ("model", "count", "words"),
    [
        ("videos", 412, "**412 of 1,500 characters**"),
        ("videos", 1702, "**⚠️ 1,702 of 1,500 characters: 202 too many for this model**"),
        ("sd2_manxue_720p", 1702, "**1,702 characters**"),
    ],
)
def test_a_prompt_is_measured_against_what_the_family_takes(model, count, words):
    card = draft_card(make_draft(model=model), facts(prompt="x" * count))

    assert words in (card.embed.description or "")


def test_files_decide_the_mode_and_name_who_brought_them():
    draft = make_draft(media=(medium(1), medium(2, "rain.mp3", "referenceAudios", CAROL)))

    shown = fields_of(draft_card(draft, facts(picture_url="https://cdn.example/1")))

    assert shown[texts.FIELD_DRAFT_FILES] == "picture: boat.png · <@31>\nsound: rain.mp3 · <@32>"
    assert shown[texts.FIELD_MODE] == "Mixed references"


PAYING = [
    ({}, "3 credits · <@30> pays"),
    (
        {"payment": Payment.SPONSOR, "sponsor_id": BOB, "sponsor_max_credits": 5},
        "3 credits · <@31> pays 3 credits",
    ),
    (
        {"payment": Payment.SPONSOR, "sponsor_id": BOB, "sponsor_max_credits": 1},
        "3 credits · <@31> pays 1 credit, <@30> the rest",
    ),
    ({"payment": Payment.SHARES}, "3 credits · to be shared"),
    (
        {
            "payment": Payment.SHARES,
            "participants": (
                make_participant(ALICE, share_max_credits=2),
                make_participant(BOB, share_max_credits=1),
                make_participant(CAROL),
            ),
        },
        "3 credits · shared by <@30> 3, <@31> 0",
    ),
]


@pytest.mark.parametrize(("changes", "words"), PAYING)
def test_a_card_says_who_pays(changes, words):
    card = draft_card(make_draft(**changes), facts(shares={ALICE: 3}))

    assert fields_of(card)[texts.FIELD_COST] == words


def test_a_card_says_why_the_price_cannot_be_shared():
    participants = (make_participant(ALICE, share_max_credits=1),)
    draft = make_draft(payment=Payment.SHARES, participants=participants)

    card = draft_card(draft, facts(unpayable="<@30> agreed to 1."))

    assert fields_of(card)[texts.FIELD_COST] == "3 credits · shared by <@30>\n⚠️ <@30> agreed to 1."


def test_those_who_wrote_are_counted_and_not_those_who_only_look_on():
    participants = (make_participant(ALICE), make_participant(BOB))
    people = (Contributor(member_id=ALICE, slots=("subject",)),)

    card = draft_card(make_draft(participants=participants), facts(contributors=people))

    assert fields_of(card)[texts.FIELD_TOGETHER.format(count=1)] == "<@30> subject"


def test_approvals_of_an_earlier_text_are_named_apart():
    participants = (make_participant(ALICE, approved=2), make_participant(BOB, approved=1))
    draft = make_draft(rule=Rule.APPROVALS, needed=3, revision=2, participants=participants)

    card = draft_card(draft, facts(approvals=(ALICE,)))

    assert fields_of(card)[texts.FIELD_DECIDING] == (
        "1 of 3 approvals <@30>\nAn earlier text was approved by <@31>"
    )
    assert "Approve (1 of 3)" in labels_of(card)


VARIANTS = tuple(
    Variant(number=number, prompt=f"Text {number}.", author_id=ALICE, authors={}) for number in (1, 2)
)


def test_a_vote_is_saved_for_begun_and_counted():
    before = draft_card(make_draft(rule=Rule.VOTE, variants=VARIANTS), facts())
    during = draft_card(
        make_draft(rule=Rule.VOTE, variants=VARIANTS, vote_closes_at=NOON), facts(votes={2: 1})
    )

    assert {texts.BUTTON_VARIANT, texts.BUTTON_BEGIN} <= set(labels_of(before))
    assert not {texts.BUTTON_VARIANT, texts.BUTTON_BEGIN} & set(labels_of(during))
    assert [option.label for option in during.menus[0].options] == ["1 · 0 votes", "2 · 1 vote"]
    assert discord.utils.format_dt(NOON, "R") in fields_of(during)[texts.FIELD_DECIDING]


def test_files_and_options_rest_while_people_vote():
    before = draft_card(make_draft(rule=Rule.VOTE, variants=VARIANTS), facts())
    during = draft_card(make_draft(rule=Rule.VOTE, variants=VARIANTS, vote_closes_at=NOON), facts())

    assert [button.label for button in before.buttons if button.disabled] == []
    resting = [button.label for button in during.buttons if button.disabled]
    assert resting == [texts.BUTTON_FILES, texts.BUTTON_OPTIONS]


@pytest.mark.parametrize("rule", Rule)
def test_only_looking_is_offered_under_a_moderators_lock(rule):
    draft = make_draft(rule=rule, is_locked=True, locking_moderator_id=CAROL)

    card = draft_card(draft, facts())

    offered = [button.label for button in card.buttons if not button.disabled]
    assert offered == [texts.BUTTON_SUGGESTIONS.format(count=0), texts.BUTTON_PREVIEW, texts.BUTTON_MORE]


def test_the_owners_own_lock_leaves_the_buttons_to_the_owner():
    card = draft_card(make_draft(is_locked=True), facts())

    assert not any(button.disabled for button in card.buttons)


def test_a_vote_takes_the_place_of_the_invitation_to_write():
    before = draft_card(make_draft(rule=Rule.VOTE, variants=VARIANTS), facts())
    during = draft_card(make_draft(rule=Rule.VOTE, variants=VARIANTS, vote_closes_at=NOON), facts())

    invitation = texts.DRAFT_INVITATIONS[Role.EDITOR]
    assert invitation in (before.embed.description or "")
    assert invitation not in (during.embed.description or "")
    assert texts.DRAFT_IN_VOTE in (during.embed.description or "")


def test_who_decides_alone_reads_what_it_costs():
    assert "Make it · 3 credits" in labels_of(draft_card(make_draft(), facts()))
    assert "Make it · free" in labels_of(draft_card(make_draft(), facts(price_credits=0)))


def test_why_it_could_not_be_made_and_when_it_ends_stand_on_the_card():
    ends_at = NOON + timedelta(hours=18)

    card = draft_card(make_draft(reason="<@31> cannot pay."), facts(ends_at=ends_at))

    assert f"<@31> cannot pay.\n{texts.NOT_CHARGED}" in (card.embed.description or "")
    assert discord.utils.format_dt(ends_at, "R") in (card.embed.description or "")


def test_a_long_reason_ends_in_an_ellipsis():
    card = draft_card(make_draft(reason=r"\*" * REASON_MAX_CHARS), facts())

    assert f"*…\n{texts.NOT_CHARGED}" in (card.embed.description or "")


@pytest.mark.parametrize("state", [DraftState.DECIDED, DraftState.SUBMITTED, DraftState.ENDED])
def test_what_is_decided_or_over_has_nothing_to_press(state):
    card = draft_card(make_draft(state=state), facts())

    assert (card.buttons, card.menus) == ((), ())


async def test_what_can_be_pressed_carries_the_draft_and_outlives_the_process():
    draft = make_draft(rule=Rule.VOTE, variants=VARIANTS, vote_closes_at=NOON)

    view = draft_card(draft, facts()).view()

    assert view.is_finished()
    assert {item.custom_id for item in view.children} == {
        f"{custom_ids.draft_custom_id(custom_ids.DRAFT_SLOT, draft.id)}:{slot}" for slot in Slot
    } | {
        custom_ids.draft_custom_id(action, draft.id)
        for action in (
            *(custom_ids.DRAFT_VOTE, custom_ids.DRAFT_FILES, custom_ids.DRAFT_OPTIONS),
            *(custom_ids.DRAFT_SUGGESTIONS, custom_ids.DRAFT_UNDO, custom_ids.DRAFT_PREVIEW),
            *(custom_ids.DRAFT_PAY, custom_ids.DRAFT_MORE),
        )
    }


async def test_a_part_whose_text_hides_itself_still_has_a_card():
    draft = make_draft(slots={Slot.SUBJECT: written("\u200b\u202e")})

    assert message_faults(payload_of(draft_card(draft, facts()))) == []


def test_what_is_over_says_why_and_invites_nobody():
    draft = make_draft(state=DraftState.ENDED, reason=texts.DRAFT_EXPIRED)

    card = draft_card(draft, facts())

    assert f"{texts.DRAFT_EXPIRED} {texts.NOT_CHARGED}" in (card.embed.description or "")
    assert texts.DRAFT_OPEN_SLOT not in fields_of(card).values()
    assert texts.FIELD_COST not in fields_of(card)
