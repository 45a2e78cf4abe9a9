"""Answers to interactions, without what nobody reads.

Discord sends back the message that an answer has made or drawn, if it is asked to. The library always asks, and makes
an object of it; only where a message was posted is there anything in it that we do not know: where it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from discord.http import MultipartParameters, Route
from discord.webhook.async_ import AsyncWebhookAdapter

if TYPE_CHECKING:
    import aiohttp
    from discord.types.interactions import InteractionCallback

_POSTED: Final = 4
"""What an answer that posts a message is called."""


class Brief(AsyncWebhookAdapter):
    """The library's way of making such requests."""

    async def create_interaction_response(
        self,
        interaction_id: int,
        token: str,
        *,
        session: aiohttp.ClientSession,
        proxy: str | None = None,
        proxy_auth: aiohttp.BasicAuth | None = None,
        params: MultipartParameters,
    ) -> InteractionCallback:
        """Answer an interaction, and return what Discord says to it."""
        answer = params.payload
        if answer is None or answer["type"] == _POSTED:
            return await super().create_interaction_response(
                interaction_id, token, session=session, proxy=proxy, proxy_auth=proxy_auth, params=params
            )
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction_id,
            webhook_token=token,
        )
        await self.request(route, session=session, payload=answer, proxy=proxy, proxy_auth=proxy_auth)
        return {"interaction": {"id": interaction_id, "type": answer["type"]}}
