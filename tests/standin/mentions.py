"""Whom a message notifies: its text, its ``allowed_mentions`` and Discord's defaults, decided purely."""

import re

from standin.model import Channel, Json, Message, Permission

USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(everyone|here)\b")


def pings_of(
    text: str, allowed: Json | None, *, channel: Channel, reply_to: Message | None, is_webhook: bool
) -> frozenset[int | str]:
    """The ids of pinged users and roles, and ``"everyone"``.

    Source: discord.md, "mentions": interactions and webhooks parse only users unless told otherwise.
    """
    default_parse = ["users"] if is_webhook else ["users", "roles", "everyone"]
    rules: Json = {"parse": default_parse, "replied_user": True} if allowed is None else allowed
    parse = rules.get("parse", [])
    users = _chosen(text, USER, everything="users" in parse, listed=rules.get("users"))
    pings: set[int | str] = {id_ for id_ in users if channel.guild is None or id_ in channel.guild.members}
    pings |= _roles(text, rules, channel=channel)
    if "everyone" in parse and EVERYONE.search(text) and Permission.MENTION_EVERYONE in channel.granted:
        pings.add("everyone")
    if reply_to is not None and rules.get("replied_user"):
        pings.add(reply_to.author.id)
    return frozenset(pings)


def _roles(text: str, rules: Json, *, channel: Channel) -> set[int]:
    roles = channel.guild.roles if channel.guild else {}
    named = _chosen(text, ROLE, everything="roles" in rules.get("parse", []), listed=rules.get("roles"))
    anyone = Permission.MENTION_EVERYONE in channel.granted
    return {id_ for id_ in named if id_ in roles and (anyone or roles[id_].mentionable)}


def _chosen(text: str, pattern: re.Pattern[str], *, everything: bool, listed: list[str] | None) -> set[int]:
    named = {int(id_) for id_ in pattern.findall(text)}
    return named if everything else named & {int(id_) for id_ in listed or ()}
