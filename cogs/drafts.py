"""``/draft``: write a video together. What is pressed on a draft's card is in :mod:`cogs.draft_buttons`."""

import asyncio
import functools

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.client import Client
from bot.drafts.deciding import NEEDED_MAX_COUNT, set_rule
from bot.drafts.editing import lock_slot
from bot.drafts.membership import end, hand_over, leave, set_lock, set_newcomer_role, set_role
from bot.drafts.paying import set_payment, sponsor
from bot.drafts.prompts import SLOT_MAX_CHARS
from bot.drafts.service import Opening
from bot.drafts.titles import TITLE_MAX_CHARS
from bot.limits.limits import COUNT_MAX
from bot.upstream.families import DEFAULT_DURATION_S, DEFAULT_MODEL
from cogs.asking import model_named
from cogs.choices import CHOICES_MAX_COUNT, RATIOS, ModelName, Seconds, video_choice
from cogs.draft_files import add_files
from cogs.draft_forms import REFERENCE
from cogs.draft_panels import history_panel
from cogs.draft_threads import place_for
from cogs.draft_words import ELLIPSIS, history_file, prompt_shown, tree_lines
from cogs.drafting import (
    DraftName,
    announce_owner,
    can_see,
    change,
    change_and_say,
    draft_link,
    draft_named,
    person_from,
    person_of,
    require_possible,
    words_for,
)
from cogs.people import require_person
from cogs.ui import answering, fitting, say
from storage.draft_records import Payment, Role, Rule, Slot
from storage.records import GenerationId

DraftOption = app_commands.Transform[str, DraftName]
ModelOption = app_commands.Transform[str, ModelName]
SecondsOption = app_commands.Transform[int, Seconds]
Interaction = discord.Interaction[Client]

_PAGE_MAX = 1000
_PARTS = [app_commands.Choice(name=name, value=slot.value) for slot, name in texts.SLOTS.items()]
_ROLES = [app_commands.Choice(name=name, value=role.value) for role, name in texts.DRAFT_ROLES.items()]
_RULES = [app_commands.Choice(name=name, value=rule.value) for rule, name in texts.DRAFT_RULES.items()]
_USES = [app_commands.Choice(name=name, value=use) for use, name in texts.DRAFT_USES.items()]
_PAYERS = [
    app_commands.Choice(name=texts.DRAFT_PAYERS[payment], value=payment.value)
    for payment in (Payment.OWNER, Payment.SHARES)
]


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
class Drafts(commands.GroupCog, group_name="draft", group_description=texts.COMMAND_DRAFT):
    """The commands under ``/draft``."""

    @app_commands.command(name="new", description=texts.COMMAND_DRAFT_NEW)
    @app_commands.describe(
        title=texts.OPTION_DRAFT_TITLE,
        text=texts.OPTION_DRAFT_TEXT,
        thread=texts.OPTION_DRAFT_THREAD,
        model=texts.OPTION_MODEL,
        duration=texts.OPTION_DURATION,
        ratio=texts.OPTION_RATIO,
    )
    @app_commands.choices(ratio=RATIOS)
    async def new(
        self,
        interaction: Interaction,
        title: app_commands.Range[str, 1, TITLE_MAX_CHARS] = "",
        text: app_commands.Range[str, 1, SLOT_MAX_CHARS] = "",
        thread: bool = False,
        model: ModelOption | None = None,
        duration: SecondsOption = DEFAULT_DURATION_S,
        ratio: str | None = None,
    ) -> None:
        """Open a draft here, or in a thread of its own."""
        async with answering(interaction):
            chosen = model_named(model) if model else DEFAULT_MODEL
            require_possible(model=chosen, duration=duration, ratio=ratio)
            drafts = interaction.client.services.drafts
            await drafts.require_room(interaction.guild_id or 0)
            channel_id = await place_for(interaction, title, in_thread=thread)
            opening = Opening(
                interaction_id=interaction.id,
                channel_id=channel_id,
                title=title,
                text=text,
                model=chosen,
                duration=duration,
                ratio=ratio,
            )
            await drafts.open(opening, person_of(interaction))
            await say(interaction, texts.DRAFT_OPENED.format(channel_id=channel_id))

    @app_commands.command(name="show", description=texts.COMMAND_DRAFT_SHOW)
    @app_commands.describe(draft=texts.OPTION_DRAFT)
    async def show(self, interaction: Interaction, draft: DraftOption | None = None) -> None:
        """Show the whole prompt of a draft, with a link to its card."""
        async with answering(interaction):
            shown = await draft_named(interaction, draft)
            embed, files = prompt_shown(shown)
            await say(interaction, draft_link(shown), embed=embed, files=files)

    @app_commands.command(name="history", description=texts.COMMAND_DRAFT_HISTORY)
    @app_commands.describe(
        part=texts.OPTION_DRAFT_SLOT, page=texts.OPTION_DRAFT_PAGE, draft=texts.OPTION_DRAFT
    )
    @app_commands.choices(part=_PARTS)
    async def history(
        self,
        interaction: Interaction,
        part: str | None = None,
        page: app_commands.Range[int, 1, _PAGE_MAX] = 1,
        draft: DraftOption | None = None,
    ) -> None:
        """Show who wrote what, the newest first; where something had to be cut, with all of it in a file."""
        async with answering(interaction):
            shown = await draft_named(interaction, draft)
            drafts = interaction.client.services.drafts
            changes = await drafts.history(shown.id, guild_id=shown.guild_id)
            # Comparing long parts word by word takes so long that others would wait.
            panel = await asyncio.to_thread(
                history_panel, shown, changes, page=page, slot=Slot(part) if part else None
            )
            is_cut = ELLIPSIS in (panel.embed.description or "")
            await say(
                interaction,
                texts.DRAFT_WHOLE if is_cut else None,
                embed=panel.embed,
                view=panel.view(),
                files=[history_file(changes)] if is_cut else [],
            )

    @app_commands.command(name="tree", description=texts.COMMAND_DRAFT_TREE)
    @app_commands.describe(generation=texts.OPTION_DRAFT_TREE)
    async def tree(self, interaction: Interaction, generation: str) -> None:
        """Show what a video was made from, and what was made from it."""
        async with answering(interaction):
            drafts = interaction.client.services.drafts
            lineage = await drafts.lineage(
                GenerationId(generation.strip()), guild_id=interaction.guild_id or 0
            )
            lines = tree_lines(lineage, can_see=functools.partial(can_see, interaction))
            await say(
                interaction, embed=discord.Embed(title=texts.DRAFT_TREE_TITLE, description=fitting(lines))
            )

    @tree.autocomplete("generation")
    async def _videos(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        videos = await interaction.client.services.drafts.videos_in(interaction.guild_id or 0)
        seen = [video_choice(it) for it in videos if can_see(interaction, it.channel_id)]
        found = [it for it in seen if typed.casefold() in f"{it.name} {it.value}".casefold()]
        return found[:CHOICES_MAX_COUNT]

    @app_commands.command(name="attach", description=texts.COMMAND_DRAFT_ATTACH)
    @app_commands.describe(
        file1=texts.OPTION_DRAFT_FILE,
        file2=texts.OPTION_DRAFT_FILE,
        file3=texts.OPTION_DRAFT_FILE,
        use=texts.OPTION_DRAFT_USE,
        draft=texts.OPTION_DRAFT,
    )
    @app_commands.choices(use=_USES)
    async def attach(
        self,
        interaction: Interaction,
        file1: discord.Attachment,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
        use: str = REFERENCE,
        draft: DraftOption | None = None,
    ) -> None:
        """Add files to a draft."""
        async with answering(interaction):
            chosen = await draft_named(interaction, draft)
            files = [file for file in (file1, file2, file3) if file is not None]
            await say(interaction, await add_files(interaction, chosen.id, files, use=use))

    @app_commands.command(name="leave", description=texts.COMMAND_DRAFT_LEAVE)
    @app_commands.describe(draft=texts.OPTION_DRAFT)
    async def leave(self, interaction: Interaction, draft: DraftOption | None = None) -> None:
        """Take part no more."""
        async with answering(interaction):
            chosen = await draft_named(interaction, draft)
            await change_and_say(interaction, chosen.id, leave)

    @app_commands.command(name="hand-over", description=texts.COMMAND_DRAFT_HAND_OVER)
    @app_commands.describe(member=texts.OPTION_DRAFT_HEIR, draft=texts.OPTION_DRAFT)
    async def hand_over(
        self, interaction: Interaction, member: discord.Member, draft: DraftOption | None = None
    ) -> None:
        """Make somebody else the owner."""
        async with answering(interaction):
            require_person(member)
            chosen = await draft_named(interaction, draft)
            applied = await change(interaction, chosen.id, hand_over, person_from(member))
            await say(interaction, words_for(applied))
        await announce_owner(interaction, applied)

    @app_commands.command(name="role", description=texts.COMMAND_DRAFT_ROLE)
    @app_commands.describe(
        member=texts.OPTION_DRAFT_MEMBER, role=texts.OPTION_DRAFT_ROLE, draft=texts.OPTION_DRAFT
    )
    @app_commands.choices(role=_ROLES)
    async def role(
        self,
        interaction: Interaction,
        member: discord.Member,
        role: str,
        draft: DraftOption | None = None,
    ) -> None:
        """Say what somebody may do."""
        async with answering(interaction):
            require_person(member)
            chosen = await draft_named(interaction, draft)
            await change_and_say(interaction, chosen.id, set_role, person_from(member), Role(role))

    @app_commands.command(name="newcomers", description=texts.COMMAND_DRAFT_NEWCOMERS)
    @app_commands.describe(role=texts.OPTION_DRAFT_ROLE, draft=texts.OPTION_DRAFT)
    @app_commands.choices(role=_ROLES)
    async def newcomers(self, interaction: Interaction, role: str, draft: DraftOption | None = None) -> None:
        """Say what everybody may do who has no role yet."""
        async with answering(interaction):
            chosen = await draft_named(interaction, draft)
            await change_and_say(interaction, chosen.id, set_newcomer_role, Role(role))

    @app_commands.command(name="lock", description=texts.COMMAND_DRAFT_LOCK)
    @app_commands.describe(part=texts.OPTION_DRAFT_SLOT, draft=texts.OPTION_DRAFT)
    @app_commands.choices(part=_PARTS)
    async def lock(
        self, interaction: Interaction, part: str | None = None, draft: DraftOption | None = None
    ) -> None:
        """Keep others from changing a draft or a part of it."""
        await _set_lock(interaction, part, draft, locks=True)

    @app_commands.command(name="unlock", description=texts.COMMAND_DRAFT_UNLOCK)
    @app_commands.describe(part=texts.OPTION_DRAFT_SLOT, draft=texts.OPTION_DRAFT)
    @app_commands.choices(part=_PARTS)
    async def unlock(
        self, interaction: Interaction, part: str | None = None, draft: DraftOption | None = None
    ) -> None:
        """Let others change it again."""
        await _set_lock(interaction, part, draft, locks=False)

    @app_commands.command(name="end", description=texts.COMMAND_DRAFT_END)
    @app_commands.describe(draft=texts.OPTION_DRAFT)
    async def end(self, interaction: Interaction, draft: DraftOption | None = None) -> None:
        """End a draft."""
        async with answering(interaction):
            chosen = await draft_named(interaction, draft)
            await change_and_say(interaction, chosen.id, end, now=interaction.created_at)

    @app_commands.command(name="decide", description=texts.COMMAND_DRAFT_DECIDE)
    @app_commands.describe(
        rule=texts.OPTION_DRAFT_RULE, approvals=texts.OPTION_DRAFT_NEEDED, draft=texts.OPTION_DRAFT
    )
    @app_commands.choices(rule=_RULES)
    async def decide(
        self,
        interaction: Interaction,
        rule: str,
        approvals: app_commands.Range[int, 1, NEEDED_MAX_COUNT] = 2,
        draft: DraftOption | None = None,
    ) -> None:
        """Choose who decides."""
        async with answering(interaction):
            chosen = await draft_named(interaction, draft)
            price = await interaction.client.services.offers.price_of(chosen.model, guild_id=chosen.guild_id)
            await change_and_say(
                interaction,
                chosen.id,
                set_rule,
                Rule(rule),
                needed=approvals,
                price_credits=price.for_video(seconds=chosen.duration),
            )

    @app_commands.command(name="pay", description=texts.COMMAND_DRAFT_PAY)
    @app_commands.describe(who=texts.OPTION_DRAFT_PAYER, draft=texts.OPTION_DRAFT)
    @app_commands.choices(who=_PAYERS)
    async def pay(self, interaction: Interaction, who: str, draft: DraftOption | None = None) -> None:
        """Choose who pays."""
        async with answering(interaction):
            chosen = await draft_named(interaction, draft)
            await change_and_say(interaction, chosen.id, set_payment, Payment(who))

    @app_commands.command(name="sponsor", description=texts.COMMAND_DRAFT_SPONSOR)
    @app_commands.describe(credits=texts.OPTION_DRAFT_SPONSOR, draft=texts.OPTION_DRAFT)
    async def sponsor(
        self,
        interaction: Interaction,
        credits: app_commands.Range[int, 0, COUNT_MAX],
        draft: DraftOption | None = None,
    ) -> None:
        """Offer to pay."""
        async with answering(interaction):
            chosen = await draft_named(interaction, draft)
            await change_and_say(interaction, chosen.id, sponsor, max_credits=credits)


async def _set_lock(interaction: Interaction, part: str | None, draft: str | None, *, locks: bool) -> None:
    async with answering(interaction):
        chosen = await draft_named(interaction, draft)
        if part is None:
            await change_and_say(interaction, chosen.id, set_lock, locks=locks)
        else:
            await change_and_say(interaction, chosen.id, lock_slot, Slot(part), locks=locks)
