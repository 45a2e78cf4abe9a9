"""The bot itself: who it is, its menu of commands, and where its gateway is."""

from __future__ import annotations

from tests.discord.server import objects
from tests.discord.server.checks import check_menu
from tests.discord.server.gateway import Gateway
from tests.discord.server.problems import Json, Problem
from tests.discord.server.realm import Call, Realm


class Menus:
    """What can be asked about the bot."""

    def __init__(self, realm: Realm, gateway: Gateway) -> None:
        self.realm = realm
        self.gateway = gateway

    async def me(self, _call: Call) -> Json:
        """Return the bot."""
        return objects.me(self.realm.bot)

    async def user(self, call: Call) -> Json:
        """Return somebody."""
        found = self.realm.users.get(call.id("user_id"))
        if found is None:
            raise Problem(10013)
        return objects.user(found)

    async def application(self, _call: Call) -> Json:
        """Return the bot's application."""
        return objects.application(self.realm)

    async def where(self, _call: Call) -> Json:
        """Return where the gateway is."""
        return self.gateway.told()

    async def commands(self, call: Call) -> list[Json]:
        """Return the menu."""
        self._check_ours(call)
        return list(self.realm.commands.values())

    async def overwrite(self, call: Call) -> list[Json]:
        """Put a menu in the place of the one that was there; what keeps its name keeps its number."""
        self._check_ours(call)
        told = call.body
        if not isinstance(told, list):
            raise Problem(50035)
        check_menu(told)
        before, self.realm.commands = self.realm.commands, {}
        for command in told:
            number = before[command["name"]]["id"] if command["name"] in before else str(self.realm.new_id())
            needed = command.get("default_member_permissions")
            self.realm.commands[command["name"]] = {
                "type": 1,
                "description": "",
                "dm_permission": True,
                "nsfw": False,
                **command,
                "default_member_permissions": None if needed is None else str(needed),
                "id": number,
                "application_id": str(self.realm.bot.id),
                "version": str(self.realm.new_id()),
            }
        self.realm.changed()
        return list(self.realm.commands.values())

    def _check_ours(self, call: Call) -> None:
        if call.id("application_id") != self.realm.bot.id:
            raise Problem(10002)
