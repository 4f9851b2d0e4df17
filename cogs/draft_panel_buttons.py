"""What is pressed on a panel about a shared draft; the panel is then shown again, with what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.drafts.deciding import remove_variant, withdraw
from bot.drafts.editing import accept, decline, lock_slot
from bot.drafts.membership import end, hand_over, leave, set_lock
from bot.drafts.paying import agree_to_share, set_payment, sponsor
from bot.drafts.service import Applied
from cogs import draft_forms, draft_panels
from cogs.draft_panels import Panel
from cogs.drafting import (
    Interaction,
    Press,
    announce_owner,
    change,
    draft_with,
    person_from,
    person_of,
    words_for,
)
from cogs.people import require_person
from cogs.ui import acknowledge_in_place, say
from storage.draft_records import Draft, Payment, Slot


async def price_of(interaction: Interaction, draft: Draft) -> int:
    """Return what a draft's video costs here, in credits."""
    price = await interaction.client.services.offers.price_of(draft.model, guild_id=draft.guild_id)
    credits: int = price.for_video(seconds=draft.duration)
    return credits


async def _suggestion(press: Press) -> None:
    await acknowledge_in_place(press.interaction)
    draft = await draft_with(press.interaction, press.draft_id)
    await _show_suggestions(press, draft, number=int(press.values[0]))


async def _accept(press: Press) -> None:
    applied = await _changed(press, accept, int(press.extra))
    await _show_suggestions(press, applied.after, text=words_for(applied))


async def _decline(press: Press) -> None:
    applied = await _changed(press, decline, int(press.extra))
    await _show_suggestions(press, applied.after, text=words_for(applied))


async def _history(press: Press) -> None:
    await acknowledge_in_place(press.interaction)
    draft = await draft_with(press.interaction, press.draft_id)
    changes = await press.interaction.client.services.drafts.history(draft.id, guild_id=draft.guild_id)
    page, _, slot = press.extra.partition("-")
    panel = await asyncio.to_thread(
        draft_panels.history_panel, draft, changes, page=int(page), slot=Slot(slot) if slot else None
    )
    await _show(press, panel)


async def _share(press: Press) -> None:
    await _show_pay(press, await _changed(press, agree_to_share, max_credits=int(press.extra)))


async def _unshare(press: Press) -> None:
    await _show_pay(press, await _changed(press, agree_to_share, max_credits=None))


async def _sponsor(press: Press) -> None:
    draft = await draft_with(press.interaction, press.draft_id)
    price = await price_of(press.interaction, draft)
    await draft_forms.show_form(press.interaction, draft_forms.sponsor_form(draft.id, price_credits=price))


async def _unsponsor(press: Press) -> None:
    await _show_pay(press, await _changed(press, sponsor, max_credits=0))


async def _payer(press: Press) -> None:
    await _show_pay(press, await _changed(press, set_payment, Payment(press.extra)))


async def _lock(press: Press) -> None:
    await _show_more(press, await _changed(press, set_lock, locks=press.extra == draft_panels.ON))


async def _lock_part(press: Press) -> None:
    slot = Slot(press.values[0])
    draft = await draft_with(press.interaction, press.draft_id)
    locks = slot not in draft.locked_slots
    await _show_more(press, await _changed(press, lock_slot, slot, locks=locks))


async def _hand_over(press: Press) -> None:
    [heir] = press.values
    require_person(heir)
    applied = await _changed(press, hand_over, person_from(heir))
    await _show_more(press, applied)
    await announce_owner(press.interaction, applied)


async def _withdraw(press: Press) -> None:
    await _show_more(press, await _changed(press, withdraw))


async def _variant_gone(press: Press) -> None:
    await _show_more(press, await _changed(press, remove_variant, int(press.values[0])))


async def _leave(press: Press) -> None:
    await _show_more(press, await _changed(press, leave))


async def _ask_to_end(press: Press) -> None:
    await acknowledge_in_place(press.interaction)
    await _show(press, draft_panels.end_panel(await draft_with(press.interaction, press.draft_id)))


async def _end(press: Press) -> None:
    applied = await _changed(press, end, now=press.interaction.created_at)
    await say(press.interaction, words_for(applied))


async def _keep(press: Press) -> None:
    await acknowledge_in_place(press.interaction)
    draft = await draft_with(press.interaction, press.draft_id)
    await _show(press, draft_panels.more_panel(draft, person_of(press.interaction)))


async def _changed(press: Press, how: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Applied:
    await acknowledge_in_place(press.interaction)
    return await change(press.interaction, press.draft_id, how, *args, **kwargs)


async def _show_suggestions(
    press: Press, draft: Draft, *, number: int | None = None, text: str | None = None
) -> None:
    panel = draft_panels.suggestions_panel(draft, person_of(press.interaction), number=number)
    await _show(press, panel, text)


async def _show_pay(press: Press, applied: Applied) -> None:
    price = await price_of(press.interaction, applied.after)
    panel = draft_panels.pay_panel(applied.after, person_of(press.interaction), price_credits=price)
    await _show(press, panel, words_for(applied))


async def _show_more(press: Press, applied: Applied) -> None:
    panel = draft_panels.more_panel(applied.after, person_of(press.interaction))
    await _show(press, panel, words_for(applied))


async def _show(press: Press, panel: Panel, text: str | None = None) -> None:
    await say(press.interaction, text, embed=panel.embed, view=panel.view())


PANEL_PRESSES: Mapping[str, Callable[[Press], Awaitable[None]]] = {
    draft_panels.SUGGESTION: _suggestion,
    draft_panels.ACCEPT: _accept,
    draft_panels.DECLINE: _decline,
    draft_panels.HISTORY: _history,
    draft_panels.SHARE: _share,
    draft_panels.UNSHARE: _unshare,
    draft_panels.SPONSOR: _sponsor,
    draft_panels.UNSPONSOR: _unsponsor,
    draft_panels.PAYER: _payer,
    draft_panels.LOCK: _lock,
    draft_panels.LOCK_PART: _lock_part,
    draft_panels.HEIR: _hand_over,
    draft_panels.WITHDRAW: _withdraw,
    draft_panels.VARIANT_GONE: _variant_gone,
    draft_panels.LEAVE: _leave,
    draft_panels.END: _ask_to_end,
    draft_panels.END_NOW: _end,
    draft_panels.KEEP: _keep,
}
