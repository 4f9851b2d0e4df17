"""What ``/limits`` shows: services' values in, embeds, choices and files out. Nothing here reads or decides."""

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO

import discord

from bot import texts
from bot.charts.facts import Bar, RankingChart
from bot.delivery.plain_text import visible
from bot.limits.limits import Source
from bot.limits.rules import EffectiveSetting
from bot.limits.trail import Action, Change
from bot.limits.values import label_of
from bot.upstream.requests import VideoRequest
from cogs.choices import NAME_MAX_CHARS
from cogs.ui import fitting
from storage.audit import AuditEntry
from storage.charges import MemberUse
from storage.records import Generation
from storage.settings import Subject

TOP_COUNT = 10
_CSV_NAME = "use.csv"
# What begins with one of these is worked out by spreadsheets, full-width ones too; an apostrophe before it stops them.
_FORMULA_MARKS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def whom(subject: Subject) -> str:
    """Return a mention of whom a setting is for."""
    return texts.WHOM[subject.scope].format(id=subject.id)


def settings_embed(
    subject: Subject, shown: Sequence[EffectiveSetting], *, balance_credits: int
) -> discord.Embed:
    """Return what holds for somebody."""
    headline = texts.LIMITS_OF[subject.scope].format(
        whom=whom(subject), credits=texts.credits_text(balance_credits)
    )
    lines = [
        _line(one)
        for one in sorted(shown, key=lambda one: one.source is Source.DEFAULT)
        if not one.is_unlimited
    ]
    if unlimited := ", ".join(f"`{one.name}`" for one in shown if one.is_unlimited):
        lines.append(texts.LIMITS_NONE.format(names=unlimited))
    return discord.Embed(title=texts.LIMITS_TITLE, description=fitting([headline, *lines]))


def reset_text(subject: Subject, gone: Sequence[Change], shown: Sequence[EffectiveSetting]) -> str:
    """Return what holds for somebody in place of what was taken back."""
    if not gone:
        return texts.LIMITS_RESET_NOTHING.format(whom=whom(subject))
    names = {change.name for change in gone}
    lines = [_line(one) for one in shown if one.name in names]
    return "\n".join([texts.LIMITS_RESET.format(whom=whom(subject)), *lines])


def history_embed(entries: Sequence[AuditEntry]) -> discord.Embed:
    """Return who changed what."""
    lines = [_history_line(entry) for entry in entries]
    return discord.Embed(title=texts.HISTORY_TITLE, description=fitting(lines) or texts.HISTORY_NONE)


def _line(one: EffectiveSetting) -> str:
    return texts.LIMITS_LINE.format(name=one.name, value=one.text, source=texts.LIMIT_SOURCES[one.source])


def _history_line(entry: AuditEntry) -> str:
    details = dict(entry.details)
    if "credits" in details:
        details["credits"] = texts.credits_text(int(details["credits"]))
    scope, _, subject_id = entry.subject.partition(":")
    return texts.HISTORY_LINES[entry.action].format(
        when=discord.utils.format_dt(entry.at, "R"),
        actor_id=entry.actor_id,
        subject=entry.subject,
        whom=texts.WHOM.get(scope, "").format(id=subject_id),
        model=label_of(entry.subject) if entry.action == Action.PRICE else "",
        **details,
    )


def refund_choice(generation: Generation) -> str:
    """Return a video that was paid for, in the words of one choice."""
    choice = texts.REFUND_CHOICE.format(
        credits=texts.credits_text(generation.price_credits),
        asked=f"{generation.asked_at:%Y-%m-%d %H:%M} UTC",
        prompt=" ".join(VideoRequest.from_stored(generation.request).prompt.split()),
    )
    return choice[:NAME_MAX_CHARS]


def top_embed(members: Sequence[MemberUse], *, days: int) -> discord.Embed:
    """Return who used most."""
    lines = [
        texts.TOP_LINE.format(
            place=place,
            member_id=use.member_id,
            use=_use_text(use),
        )
        for place, use in enumerate(members[:TOP_COUNT], start=1)
    ]
    title = texts.TOP_TITLE.format(days=days)
    return discord.Embed(title=title, description=fitting(lines) or texts.TOP_NONE)


def ranking_of(members: Sequence[MemberUse], *, names: Mapping[int, str], days: int) -> RankingChart:
    """Return the picture of who used most: by videos if none of them took credits."""
    in_credits = any(use.credits for use in members)
    return RankingChart(
        title=texts.TOP_TITLE.format(days=days),
        bars=tuple(
            Bar(
                label=texts.TOP_LABEL.format(place=place, name=names.get(use.member_id, "")),
                used_credits=use.credits if in_credits else use.videos,
                value_label=_use_text(use),
            )
            for place, use in enumerate(members[:TOP_COUNT], start=1)
        ),
        empty_label=texts.TOP_NONE,
    )


def csv_of(members: Sequence[MemberUse], *, names: Mapping[int, str]) -> discord.File:
    """Return what everybody used as a table, with the names of those whose name is known."""
    table = StringIO(newline="")
    rows = csv.writer(table)
    rows.writerow(["member_id", "name", "credits", "videos"])
    for use in members:
        rows.writerow([use.member_id, _cell(names.get(use.member_id, "")), use.credits, use.videos])
    return discord.File(BytesIO(table.getvalue().encode()), filename=_CSV_NAME)


def _use_text(use: MemberUse) -> str:
    template = texts.TOP_USE if use.videos else texts.TOP_USE_FOR_OTHERS
    return template.format(credits=texts.credits_text(use.credits), videos=texts.videos_text(use.videos))


def _cell(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    words = " ".join(visible(name).split())
    return f"'{words}" if words.startswith(_FORMULA_MARKS) else words
