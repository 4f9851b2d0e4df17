"""``/usage``: what a member can still use, what is under way, and what their videos took."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.charts.facts import DailyChart, Day
from bot.client import Client
from bot.delivery.cards import DRAFT_TITLE_MAX_CHARS
from bot.delivery.plain_text import plain_text
from bot.limits.policy import Barrier, Window
from bot.limits.usage import DAYS_SHOWN, DayUse, Meter, Restriction, Usage, Video
from bot.limits.values import value_text
from bot.limits.wording import moment
from bot.upstream.requests import VideoRequest
from cogs.people import member_of
from cogs.pictures import put_picture
from cogs.ui import answering, card_link, fitting, say
from storage.ledger import Entry, Verb
from storage.records import Generation, GenerationId

_PROMPT_MAX_CHARS = 50


class UsageCommand(commands.Cog):
    """The command ``/usage``."""

    @app_commands.command(name="usage", description=texts.COMMAND_USAGE)
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    async def usage(self, interaction: discord.Interaction[Client]) -> None:
        """Show how one stands; the picture follows when it is drawn."""
        async with answering(interaction):
            usage = await interaction.client.services.usage.of(member_of(interaction))
            lines = _lines(usage, member_id=interaction.user.id, now=interaction.created_at)
            embed = discord.Embed(title=texts.USAGE_TITLE, description=fitting(list(lines)))
            await say(interaction, embed=embed)
        chart = chart_of(usage)
        if chart is not None and (files := await put_picture(interaction, embed, chart)):
            await say(interaction, embed=embed, files=files)


def chart_of(usage: Usage) -> DailyChart | None:
    """Return the picture of a member's last days: of videos if none of them took credits; None if there were none."""
    in_credits = any(day.credits for day in usage.days)
    if not in_credits and not any(day.videos for day in usage.days):
        return None
    name = Barrier.CREDITS_PER_DAY if in_credits else Barrier.VIDEOS_PER_DAY
    limit = next((meter.allowed for meter in usage.meters if meter.name == name), None)
    title = texts.CHART_CREDITS if in_credits else texts.CHART_VIDEOS
    return DailyChart(
        title=title.format(days=DAYS_SHOWN),
        days=tuple(_day(day, in_credits=in_credits) for day in usage.days),
        taken_label=texts.CHART_CREDITS_TAKEN if in_credits else texts.CHART_VIDEOS_TAKEN,
        held_label=texts.CHART_CREDITS_HELD,
        limit_label=texts.CHART_LIMIT.format(count=limit),
        empty_label=texts.CHART_EMPTY,
        limit_credits=limit,
    )


def _day(day: DayUse, *, in_credits: bool) -> Day:
    if not in_credits:
        return Day(on=day.on, taken_credits=day.videos)
    return Day(on=day.on, taken_credits=day.credits - day.held_credits, held_credits=day.held_credits)


def _lines(usage: Usage, *, member_id: int, now: datetime) -> Iterator[str]:
    if usage.is_exempt:
        yield texts.USAGE_EXEMPT
    elif not usage.meters and not usage.restrictions and not usage.budgets:
        yield texts.USAGE_NO_LIMITS
    yield from (_budget(window) for window in usage.budgets)
    yield from (_meter(meter, now=now) for meter in usage.meters)
    yield from (_restriction(one) for one in usage.restrictions)
    if usage.account.balance_credits:
        yield texts.USAGE_BALANCE.format(count=usage.account.balance_credits)
    if usage.account.held_credits:
        yield texts.USAGE_HELD.format(count=usage.account.held_credits)
    if usage.changes:
        yield texts.USAGE_CHANGES
        yield from (_change(entry, usage.refunded) for entry in usage.changes)
    if usage.running:
        yield texts.USAGE_RUNNING
        yield from (_video(video, member_id=member_id) for video in usage.running)
    if usage.history:
        yield texts.USAGE_HISTORY
        yield from (_video(video, member_id=member_id) for video in usage.history)
    if not usage.running and not usage.history:
        yield f"\n{texts.STATUS_NONE}"


def _budget(window: Window) -> str:
    return texts.USAGE_BUDGETS[window.barrier] + _when(texts.USAGE_MORE, window.frees_at(1))


def _meter(meter: Meter, *, now: datetime) -> str:
    line = texts.USAGE_METER.format(
        bar=meter.bar, label=texts.USAGE_LIMITS[meter.name], left=meter.left, allowed=meter.allowed
    )
    if meter.more_at and meter.full_at and meter.full_at - meter.more_at > _step(meter.full_at - now):
        line += _when(texts.USAGE_MORE, meter.more_at)
    return line + _when(texts.USAGE_FULL, meter.full_at)


def _step(left: timedelta) -> timedelta:
    """Return what Discord counts a span in: two moments closer than that look the same."""
    return next(
        (unit for unit in (timedelta(days=1), timedelta(hours=1)) if left > unit), timedelta(minutes=1)
    )


def _restriction(restriction: Restriction) -> str:
    label, value = texts.USAGE_LIMITS[restriction.name], value_text(restriction.name, restriction.value)
    if restriction.over_at is None:
        return texts.USAGE_RULE.format(label=label, value=value)
    return texts.USAGE_WAIT.format(label=label, value=value, when=moment(restriction.over_at))


def _when(text: str, at: datetime | None) -> str:
    return "" if at is None else text.format(when=moment(at))


def _change(entry: Entry, refunded: Mapping[GenerationId, Generation]) -> str:
    is_gain = entry.credits > 0 and entry.verb is not Verb.GIVE
    credits = texts.credits_text(abs(entry.credits))
    words = "take back" if entry.credits < 0 else entry.verb.value
    video = refunded.get(entry.generation_id) if entry.generation_id else None
    what = texts.USAGE_CHANGE_WORDS[words].format(
        who=entry.partner_id or entry.actor_id, prompt=_prompt(video) if video else ""
    )
    return texts.USAGE_CHANGE.format(
        change=f"{'+' if is_gain else '-'}{credits}", what=what, when=discord.utils.format_dt(entry.at, "R")
    )


def _video(video: Video, *, member_id: int) -> str:
    generation = video.generation
    return texts.USAGE_VIDEO.format(
        headline=texts.LISTED_HEADLINES[generation.state],
        cost=_cost(video),
        asked=discord.utils.format_dt(generation.asked_at, "R"),
        what=_prompt(generation) if generation.asker_id == member_id else _draft(generation),
        card=card_link(generation),
    )


def _prompt(generation: Generation) -> str:
    prompt = " ".join(VideoRequest.from_stored(generation.request).prompt.split())
    return plain_text(prompt, max_chars=_PROMPT_MAX_CHARS)


def _draft(generation: Generation) -> str:
    title = plain_text(generation.draft_title or texts.DRAFT_UNTITLED, max_chars=DRAFT_TITLE_MAX_CHARS)
    return texts.USAGE_FOR_DRAFT.format(title=title, asker_id=generation.asker_id)


def _cost(video: Video) -> str:
    if video.verb is None or not video.credits:
        return texts.USAGE_PAID_BY_OTHERS if video.is_paid_by_others else texts.FREE
    return texts.USAGE_COSTS[video.verb].format(credits=texts.credits_text(video.credits))
