"""``/operator``: what only the people who run this bot may see and decide.

Discord hides these commands from everybody but administrators; who may really use them, the list of operators says.
"""

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.client import Client
from bot.delivery.plain_text import plain_text
from bot.generation.resolution import TASK_ID_MAX_CHARS, Outcome, Resolution
from bot.limits.offers import price_text
from bot.limits.policy import Window
from bot.limits.server_prices import ModelPrice
from bot.limits.trail import Actor
from bot.limits.values import label_of
from bot.limits.wording import moment
from bot.upstream.requests import VideoRequest
from cogs.choices import NAME_MAX_CHARS
from cogs.ui import answering, card_link, fitting, say
from storage.records import Generation, GenerationId, State

_PROMPT_MAX_CHARS = 80
_REASON_MAX_CHARS = 200


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions()
class Operator(commands.GroupCog, group_name="operator", group_description=texts.COMMAND_OPERATOR):
    """The commands under ``/operator``."""

    @app_commands.command(name="uncertain", description=texts.COMMAND_OPERATOR_UNCERTAIN)
    async def uncertain(self, interaction: discord.Interaction[Client]) -> None:
        """List what nobody knows the end of."""
        async with answering(interaction):
            services = interaction.client.services
            services.operators.require(interaction.user.id)
            lines = [_line(generation) for generation in await services.resolutions.unresolved()]
            embed = discord.Embed(
                title=texts.UNRESOLVED_TITLE,
                description=fitting(lines, between="\n\n") or texts.UNRESOLVED_NONE,
            )
            await say(interaction, embed=embed)

    @app_commands.command(name="resolve", description=texts.COMMAND_OPERATOR_RESOLVE)
    @app_commands.describe(
        generation=texts.OPTION_UNRESOLVED, outcome=texts.OPTION_OUTCOME, task_id=texts.OPTION_TASK_ID
    )
    @app_commands.choices(
        outcome=[app_commands.Choice(name=texts.OUTCOMES[one], value=one.value) for one in Outcome]
    )
    async def resolve(
        self,
        interaction: discord.Interaction[Client],
        generation: str,
        outcome: str,
        task_id: app_commands.Range[str, 1, TASK_ID_MAX_CHARS] | None = None,
    ) -> None:
        """Say what became of one."""
        async with answering(interaction):
            services = interaction.client.services
            services.operators.require(interaction.user.id)
            resolved = await services.resolutions.resolve(
                GenerationId(generation.strip()),
                Resolution(
                    outcome=Outcome(outcome),
                    operator_id=interaction.user.id,
                    guild_id=interaction.guild_id,
                    task_id=task_id,
                ),
            )
            is_followed = resolved.state is State.QUEUED
            await say(interaction, texts.RESOLVED_FOLLOWED if is_followed else texts.RESOLVED_ENDED)

    @app_commands.command(name="price", description=texts.COMMAND_OPERATOR_PRICE)
    @app_commands.describe(model=texts.OPTION_PRICED_MODEL, price=texts.OPTION_PRICE)
    async def price(
        self, interaction: discord.Interaction[Client], model: str, price: str | None = None
    ) -> None:
        """Set what a model costs in this server, and show all prices."""
        async with answering(interaction):
            services = interaction.client.services
            services.operators.require(interaction.user.id)
            actor = Actor(
                member_id=interaction.user.id,
                guild_id=interaction.guild_id or 0,
                interaction_id=interaction.id,
            )
            await services.prices.set(model, price, actor=actor)
            lines = [_price_line(one) for one in await services.prices.of(actor.guild_id)]
            embed = discord.Embed(title=texts.PRICES_TITLE, description=fitting(lines))
            await say(interaction, embed=embed)

    @app_commands.command(name="budget", description=texts.COMMAND_OPERATOR_BUDGET)
    async def budget(self, interaction: discord.Interaction[Client]) -> None:
        """Show how much of the budgets is used."""
        async with answering(interaction):
            services = interaction.client.services
            services.operators.require(interaction.user.id)
            budgets = await services.totals.budgets(interaction.guild_id or 0)
            lines = [_budget_line(window) for window in budgets.instance] or [texts.BUDGET_NONE_INSTANCE]
            lines += [_budget_line(window) for window in budgets.server] or [texts.BUDGET_NONE_SERVER]
            embed = discord.Embed(title=texts.BUDGET_TITLE, description=fitting(lines))
            await say(interaction, embed=embed)

    @price.autocomplete("model")
    async def _offer_models(
        self, interaction: discord.Interaction[Client], typed: str
    ) -> list[app_commands.Choice[str]]:
        services = interaction.client.services
        if interaction.user.id not in services.operators.ids:
            return []
        lines = {
            one.model: texts.OFFER.format(label=label_of(one.model), price=price_text(one.price))
            for one in await services.prices.of(interaction.guild_id or 0)
        }
        return [
            app_commands.Choice(name=line[:NAME_MAX_CHARS], value=model)
            for model, line in lines.items()
            if typed.casefold() in f"{line} {model}".casefold()
        ]

    @resolve.autocomplete("generation")
    async def _offer(
        self, interaction: discord.Interaction[Client], typed: str
    ) -> list[app_commands.Choice[str]]:
        services = interaction.client.services
        if interaction.user.id not in services.operators.ids:
            return []
        choices = [_choice(generation) for generation in await services.resolutions.unresolved()]
        return [choice for choice in choices if typed.casefold() in choice.name.casefold()]


def _choice(generation: Generation) -> app_commands.Choice[str]:
    name = texts.UNRESOLVED_CHOICE.format(
        generation_id=generation.id, state=generation.state, prompt=_prompt_of(generation)
    )
    return app_commands.Choice(name=name[:NAME_MAX_CHARS], value=generation.id)


def _price_line(one: ModelPrice) -> str:
    return texts.PRICE_LINE.format(
        model=label_of(one.model), price=price_text(one.price), source=texts.LIMIT_SOURCES[one.source]
    )


def _budget_line(window: Window) -> str:
    line = texts.BUDGET_LINE.format(
        name=texts.BUDGET_NAMES[window.barrier],
        used=window.used,
        allowed=texts.credits_text(window.allowed),
    )
    return line + (texts.BUDGET_RESETS.format(when=moment(window.resets_at)) if window.resets_at else "")


def _line(generation: Generation) -> str:
    reason = generation.reason or texts.UNRESOLVED_NO_REASON
    task = texts.UNRESOLVED_TASK.format(task_id=generation.task_id) if generation.task_id else ""
    return texts.UNRESOLVED_LINE.format(
        headline=texts.HEADLINES[generation.state],
        asker_id=generation.asker_id,
        ended=discord.utils.format_dt(generation.ended_at or generation.asked_at, "R"),
        prompt=plain_text(_prompt_of(generation), max_chars=_PROMPT_MAX_CHARS),
        reason=plain_text(reason, max_chars=_REASON_MAX_CHARS),
        card=card_link(generation),
        generation_id=generation.id,
        task=task,
    )


def _prompt_of(generation: Generation) -> str:
    return " ".join(VideoRequest.from_stored(generation.request).prompt.split())
