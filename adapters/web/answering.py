"""An act from its frame to its answer: checked, said aloud, handed to the core, and the reply shown."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from adapters.web import forms, inbound, render
from adapters.web.errors import NotAllowed
from adapters.web.frames import Act, AddPerson, AddRoom, Fill, Json, MoveClock, Open, Press, Run, Say
from bot.chat.inbound import Inbound, Place, Typed
from bot.chat.message import Ask, Branch, Message, Posted, Redraw, Reply, Toast
from bot.chat.message import Say as SayReply

if TYPE_CHECKING:
    from adapters.web.adapter import WebAdapter
    from adapters.web.inbound import Speaker

log = logging.getLogger(__name__)
REMEMBERED = 2000
"""How many answers are kept for pages that did not hear them and ask again."""


class Answering:
    """Answers acts: one person's in order, different people's side by side, each once."""

    def __init__(self, adapter: WebAdapter) -> None:
        self._adapter = adapter
        self._given: OrderedDict[str, Json] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def answer(self, who: Speaker, frame: Act) -> Json:
        """Return the `ack` for an act. Never raises for what a person sent."""
        turn = self._turns.setdefault(who.user, asyncio.Lock())
        async with turn:
            key = inbound.update_key(who, frame.key)
            if key in self._given:
                return self._given[key]
            ack: Json = {"type": "ack", "key": frame.key}
            try:
                ack |= await self._act(who, frame, key)
            except NotAllowed:
                ack["failed"] = "not_allowed"
            except Exception:
                # Whatever went wrong, the person hears of it, and the page is not left waiting.
                log.exception("An act on the web page failed")
                ack["failed"] = "failed"
                return ack
            self._given[key] = ack
            while len(self._given) > REMEMBERED:
                self._given.popitem(last=False)
            return ack

    async def _act(self, who: Speaker, frame: Act, key: str) -> Json:
        match frame:
            case MoveClock():
                return await self._move_clock(frame)
            case AddPerson():
                return await self._add_person(frame)
            case AddRoom():
                return await self._add_room(who, frame, key)
            case Open():
                return await self._opened(who, frame, key)
            case Say() | Run() | Press() | Fill():
                return await self._did(who, frame, key)

    async def _did(self, who: Speaker, frame: Say | Run | Press | Fill, key: str) -> Json:
        where, by = await self._adapter.place(who, frame.room)
        posted, alone = None, False
        if isinstance(frame, Press):
            there = Posted(where.room, str(frame.post))
            post = await self._adapter.seen(who, there)
            # Only a button that stands on a message may change it for everybody: any payload can be sent.
            posted = there if render.has_button(post.body, frame.payload) else None
            alone = bool(post.only_for)
        if isinstance(frame, Say | Run):
            await self._adapter.say(who, where.room, inbound.said_as(frame), f"said:{key}")
        fact = inbound.act(frame, by, where, key, is_aside=alone)
        return await self._told(fact, who, where, posted, key, alone=alone) if fact else {}

    async def _opened(self, who: Speaker, frame: Open, key: str) -> Json:
        where = inbound.private_place(who.user)
        if not frame.start and await self._adapter.has_posts(who, where.room):
            return {}
        fact = inbound.act(frame, inbound.sender(who), where, key)
        return await self._told(fact, who, where, None, key) if fact else {}

    async def _told(
        self, fact: Inbound, who: Speaker, where: Place, posted: Posted | None, key: str, *, alone: bool = False
    ) -> Json:
        reply = await self._adapter.inbox.receive(fact)
        if reply is None and isinstance(fact, Typed):
            return {}  # said to the others in the room
        shown = await self._show(reply, who, where, posted, f"reply:{key}", alone=alone)
        self._adapter.wake()
        return shown

    async def _show(  # noqa: C901  # a case for each reply
        self, reply: Reply, who: Speaker, where: Place, posted: Posted | None, key: str, *, alone: bool
    ) -> Json:
        # What one person alone sees in a room is theirs, and no card of the room's.
        match reply:
            case None:
                # It was done before, and the answer lost when the bot stopped: whoever asked is not left in silence.
                t = self._adapter.catalogue.speaker(who.language)
                return {
                    "toast": {"words": t.words("That is done. If an answer is missing, ask again."), "alert": False}
                }
            case Toast(words, alert):
                return {"toast": {"words": words, "alert": alert}} if words else {}
            case Ask(form):
                return {"ask": forms.page(form)}
            case SayReply(message, private, meant):
                room = where.room if meant is None else meant
                stood = await self._adapter.say_back(who, room, message, key, private=private)
                if room.is_private or not private:
                    await self._stand(stood, message)
                if room == where.room:
                    return {}
                t = self._adapter.catalogue.speaker(who.language)
                return {"toast": {"words": t.words("Done: everybody can see it in the room now."), "alert": False}}
            case Redraw(message, toast, alert=alert):
                if posted is None:
                    # Nothing was tapped, so there is nothing to draw anew: it is shown to whoever asked.
                    posted = await self._adapter.say_back(who, where.room, message, key, private=True)
                    alone = not where.room.is_private
                else:
                    await self._adapter.edit(posted, message)
                if not alone:
                    await self._stand(posted, message)
                return {"toast": {"words": toast, "alert": alert}} if toast else {}
            case Branch():
                raise NotAllowed  # the page lacks the ability, so it is never asked for it

    async def _stand(self, posted: Posted, message: Message) -> None:
        if message.card is not None:
            await self._adapter.inbox.stands(message.card, posted, message)

    async def _move_clock(self, frame: MoveClock) -> Json:
        if self._adapter.clock_bar is None:
            raise NotAllowed
        moved = await self._adapter.clock_bar.move(frame.step)
        self._adapter.wake()
        return {"moved": True} if moved else {"failed": "nothing_next"}

    async def _add_person(self, frame: AddPerson) -> Json:
        self._only_in_demo()
        user = f"u{secrets.token_hex(5)}"
        await self._adapter.add_person(user, frame.name)
        return {"made": user}

    async def _add_room(self, who: Speaker, frame: AddRoom, key: str) -> Json:
        self._only_in_demo()
        chat = f"r{secrets.token_hex(5)}"
        await self._adapter.add_room(chat, frame.title, made_by=who.user)
        where, by = await self._adapter.place(who, f"g:{chat}")
        return {"made": f"g:{chat}", **await self._told(inbound.joined(by, where, key), who, where, None, key)}

    def _only_in_demo(self) -> None:
        if not self._adapter.demo:
            raise NotAllowed
