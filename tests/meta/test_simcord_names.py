"""simcord is young and we use names of it that it may change: here we notice."""

import ast
from functools import reduce
from pathlib import Path

import bot
from bot.demo import simulated_discord
from bot.demo.simulated_discord import PRIVATE_NAMES
from simulated import Simulated

ROOT = Path(bot.__file__).parent.parent


async def test_every_private_name_is_still_there(simulated: Simulated) -> None:
    async with simulated.env.preview(simulated.channel, viewers=[simulated.alice]) as preview:
        owners = {"env": simulated.env, "preview": preview}

        for owner, names in PRIVATE_NAMES.items():
            for name in names:
                reduce(getattr, name.split("."), owners.get(owner) or getattr(simulated_discord, owner))


def test_the_list_of_private_names_is_complete() -> None:
    tree = ast.parse(Path(simulated_discord.__file__).read_text())
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }

    listed = {part for names in PRIVATE_NAMES.values() for name in names for part in name.split(".")}

    assert used <= listed


def test_only_one_module_knows_simcord_from_inside() -> None:
    modules = [
        path for folder in ("bot", "cogs", "storage", "tests") for path in (ROOT / folder).rglob("*.py")
    ]

    insiders = [path.name for path in modules if "from simcord." in path.read_text()]

    assert set(insiders) <= {"simulated_discord.py", "test_simcord_names.py"}
