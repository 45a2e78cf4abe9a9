"""Two accounts become one person's and part again, on both databases."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.chat.forms import Draft
from bot.chat.message import Card, Posted, Room, RoomKind
from bot.domain.circles import Circle, CircleState
from bot.domain.communities import INVITE_LASTS, Invite, InviteKind
from bot.domain.feedback import Decision, Feedback, Reflection
from bot.domain.linking import CODE_LASTS, LinkCode
from bot.domain.notices import (
    NOTICES,
    DecisionTaken,
    Delivery,
    DeliveryState,
    Due,
    MembersChanged,
    Notice,
    Nudge,
    OfferLapses,
    Outdated,
    SeatOffered,
    Welcome,
)
from bot.domain.people import Account, Person, Role
from bot.domain.rsvps import Answer
from bot.ports import asked_key
from storage import merging
from storage.engine import Database
from storage.merging import readdressed, renamed
from storage.schema import metadata
from storage.store import SqlStore
from storage.tables import link_codes, people
from tests.storage.conftest import NOW, World, at_once, learner, meeting, person, soon

ELSEWHERE = Account("discord", "77", "ada@work")
CHAT = Room("discord", "77", kind=RoomKind.PRIVATE)


def second(store: SqlStore) -> Person:
    """Return whoever is behind the second account."""
    return store.people.meet(ELSEWHERE, "es", "Europe/Madrid", NOW)


# Nothing is forgotten


def test_all_that_points_at_people_is_known() -> None:
    """A new table with people in it says here what becomes of two rows: else they would go with the one who goes."""
    pointing = {
        column
        for table in metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column is people.c.id
    }
    known = {once.table.c.person for once in merging.ONCE} | {*merging.OFTEN} | {*merging.LET_GO}
    assert {str(column) for column in pointing} == {str(column) for column in known}


def test_every_notice_about_a_person_is_renamed() -> None:
    """A new notice that holds a person under another name than `person` is looked at here."""
    fields = {field.name for notice in NOTICES.values() for field in dataclasses.fields(notice)}
    assert fields & {"person", "came", "went", "people", "owner", "who", "giver"} == {"person", "came", "went"}


@pytest.mark.parametrize(
    ("key", "then"),
    [
        ("nudge:7:7", "nudge:7:3"),
        ("nudge:7:77", "nudge:7:77"),
        ("closed:7:p7", "closed:7:p3"),
        ("welcome:2:7#41", "welcome:2:3#41"),
        ("digest:7", "digest:3"),
        ("welcome:ada", "welcome:ada"),
    ],
)
def test_the_last_part_of_a_private_delivery_s_key_is_the_person(key: str, then: str) -> None:
    """Meetings and circles with the same number are left alone. Keys of what goes to rooms are never asked about."""
    assert readdressed(key, 7, 3) == then


@pytest.mark.parametrize(
    ("notice", "then"),
    [
        (Nudge(7, 7), Nudge(7, 3)),
        (Nudge(7, 8), Nudge(7, 8)),
        (MembersChanged(7, (7, 3), (7,)), MembersChanged(7, (3,), (3,))),
        (DecisionTaken(7), DecisionTaken(7)),
        (Outdated("7"), Outdated("7")),
    ],
)
def test_a_notice_speaks_of_the_one_who_stays(notice: Notice, then: Notice) -> None:
    """Only people are renamed, and nobody is named twice."""
    assert renamed(notice, 7, 3) == then


# Two become one


async def merged(database: Database, world: World, before: Callable[[SqlStore, int, int], object]) -> tuple[int, ...]:
    """Let something happen to Ada and her second self, and make one of them; return the circles in which it shows."""

    def work(store: SqlStore) -> tuple[int, ...]:
        stays, goes = world.ada.id, second(store).id
        before(store, stays, goes)
        store.linking.hold(stays, goes)
        return store.linking.merge(stays, goes)

    return await database.transact(work)


async def test_the_accounts_are_one_person_s(database: Database, world: World) -> None:
    """Both lead to the one who stays; what she had not chosen is taken from the other, who is no more."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        store.people.save(replace(world.ada, language=""))
        store.settings.put(asked_key(goes), "1 1 1")
        assert stays < goes

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        found = store.people.known(ELSEWHERE)
        assert found is not None
        assert found.id == world.ada.id
        assert (found.name, found.language, found.zone) == ("Ada", "es", "Europe/Madrid")
        assert {account.platform for account in store.people.accounts(found.id)} == {"web", "discord"}
        assert "ada@work" not in {row.name for row in store.connection.execute(select(people.c.name))}
        assert not [one for one in range(1, 20) if store.settings.get(asked_key(one))]

    await database.read(look)


async def test_one_seat_with_the_better_role(database: Database, world: World) -> None:
    """Whoever ran the circle with one account runs it; goal and first day are kept; elsewhere the seat moves along."""
    other: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        circle = store.circles.add(
            Circle(0, world.community.id, "Go", "en", "UTC", state=CircleState.PUBLISHED), NOW
        ).id
        other.append(circle)
        store.seats.join_as(circle, goes, Role.LEARNER, NOW)
        store.seats.join_as(world.circle.id, goes, Role.FACILITATOR, soon(days=3))
        store.seats.tell(world.circle.id, goes, "to teach", "", ["of the other"])

    touched = await merged(database, world, before)
    assert set(touched) == {world.circle.id, *other}

    def look(store: SqlStore) -> None:
        mine = store.seats.member(world.circle.id, world.ada.id)
        assert mine is not None
        assert (mine.role, mine.joined_at, mine.goal) == (Role.FACILITATOR, NOW, "to teach")
        assert mine.answers == ("of the other",)
        assert [one.person.name for one in store.seats.roster(world.circle.id)] == ["Fay", "Ada", "Bo"]
        assert [one.person.id for one in store.seats.roster(other[0])] == [world.ada.id]

    await database.read(look)


async def test_a_role_that_was_given_up_does_not_come_back(database: Database, world: World) -> None:
    """Of a seat that was left only the other counts; of two that were left, none does."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        store.seats.join_as(world.circle.id, goes, Role.FACILITATOR, NOW - timedelta(days=9))
        store.seats.leave(world.circle.id, goes, NOW)
        gone = store.circles.add(Circle(0, world.community.id, "Go", "en", "UTC"), NOW).id
        for one, day in ((stays, 1), (goes, 2)):
            store.seats.join_as(gone, one, Role.LEARNER, NOW)
            store.seats.leave(gone, one, soon(days=day))

    touched = await merged(database, world, before)

    def look(store: SqlStore) -> None:
        mine = store.seats.member(world.circle.id, world.ada.id)
        assert mine is not None
        assert (mine.role, mine.joined_at) == (Role.LEARNER, NOW)
        assert store.seats.roster(touched[-1]) == ()
        assert store.seats.former(touched[-1], world.ada.id) is not None

    await database.read(look)


async def test_a_place_in_line(database: Database, world: World) -> None:
    """Of two places the one further ahead is kept; whoever has a seat does not wait for one."""
    full: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        full.extend(
            store.circles.add(
                Circle(0, world.community.id, title, "en", "UTC", seats=1, state=CircleState.PUBLISHED), NOW
            ).id
            for title in ("Seated", "Twice")
        )
        seated, twice = full
        store.seats.take(learner(seated, world.ada), NOW)
        store.seats.take(learner(seated, second(store)), NOW)
        store.seats.take(learner(twice, world.bo), NOW)
        for who in (second(store), world.facilitator, world.ada):
            store.seats.take(learner(twice, who, goal=f"of {who.name}"), NOW)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        seated, twice = full
        assert store.seats.waiting(seated) == ()
        assert [(one.person, one.position) for one in store.seats.waiting(twice)] == [
            (world.ada.id, 1),
            (world.facilitator.id, 2),
        ]

    await database.read(look)


async def test_an_answer_counts_once(database: Database, world: World) -> None:
    """The later answer wins, with its reason; one that only one account gave moves along."""
    more: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        more.extend(
            one.id
            for one in store.meetings.add(
                [meeting(world.circle.id, number, soon(days=7 * number)) for number in (2, 3)]
            )
        )
        store.rsvps.answer(world.meeting.id, stays, Answer.YES, NOW)
        store.rsvps.answer(world.meeting.id, goes, Answer.NO, soon(hours=1), "I am ill")
        store.rsvps.answer(more[0], stays, Answer.MAYBE, soon(hours=1))
        store.rsvps.answer(more[0], goes, Answer.NO, NOW)
        store.rsvps.answer(more[1], goes, Answer.YES, NOW)
        for one, came in ((stays, False), (goes, True)):
            store.attendance.mark(world.meeting.id, one, came=came)
        store.attendance.mark(more[1], stays, came=True)
        store.attendance.mark(more[1], goes, came=False)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        counts = [(tally.yes, tally.maybe, tally.no) for tally in map(store.rsvps.tally, (world.meeting.id, *more))]
        assert counts == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
        assert store.rsvps.of(world.meeting.id)[0].reason == "I am ill"
        assert store.attendance.of(world.meeting.id) == {world.ada.id: True}
        assert store.attendance.of(more[1]) == {world.ada.id: True}

    await database.read(look)


async def test_what_was_said_is_kept_and_who_said_it_counts_once(database: Database, world: World) -> None:
    """Plus/delta stay; given and voted is once; decisions, reflections, invitations and communities are hers."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        for one, words in ((stays, "more time"), (goes, "more light")):
            store.feedback.give(Feedback(0, world.meeting.id, "", words, 3, person=one), one)
            store.feedback.reflect(Reflection(world.meeting.id, one, 4, f"{words}!"))
            store.communities.add_organizer(world.community.id, one)
        for delta in store.feedback.of(world.meeting.id):
            store.feedback.vote(delta.id, goes)
        store.feedback.vote(store.feedback.of(world.meeting.id)[0].id, stays)
        store.decisions.take_up(Decision(0, world.circle.id, world.meeting.id, "Lamps", owner=goes, made_at=NOW), None)
        made = Invite(0, InviteKind.ORGANIZER, world.community.id, None, goes, NOW + INVITE_LASTS)
        store.invites.use(store.invites.make(made, "a hash", NOW).id, goes, NOW)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        said = store.feedback.of(world.meeting.id)
        assert {one.delta for one in said} == {"more time", "more light"}
        assert {one.person for one in said} == {world.ada.id}
        assert [one.votes for one in said] == [1, 1]
        assert store.feedback.has_given(world.meeting.id, world.ada.id)
        (reflection,) = store.feedback.reflections(world.meeting.id)
        assert (reflection.person, reflection.words) == (world.ada.id, "more time!\nmore light!")
        assert [one.owner for one in store.decisions.open_of(world.circle.id)] == [world.ada.id]
        assert [one.id for one in store.communities.organizers(world.community.id)] == [world.ada.id]
        invite = store.invites.by_token("a hash")
        assert invite is not None
        assert invite.made_by == world.ada.id

    await database.read(look)


def planned(store: SqlStore, key: str, notice: Notice, person: int | None, circle: int) -> None:
    """Let something wait."""
    store.deliveries.plan([Due(key, notice, soon(days=9), person=person, circle=circle)])


def found(store: SqlStore, key: str) -> Delivery:
    """Return what has a key."""
    delivery = store.deliveries.find(key)
    assert delivery is not None, key
    return delivery


async def test_what_is_to_be_said_is_said_to_the_one_who_stays(database: Database, world: World) -> None:
    """Keys, addresses and words name her; a nudge that one account has read is not sent to the other."""
    circle = world.circle.id
    numbers: list[int] = []

    def before(store: SqlStore, stays: int, goes: int) -> None:
        numbers.extend((stays, goes))
        store.seats.join_as(circle, goes, Role.LEARNER, NOW)
        planned(store, f"seat:{circle}:{goes}", SeatOffered(circle, goes), goes, circle)
        planned(store, f"lapse:{circle}:{goes}", OfferLapses(circle, goes), None, circle)
        planned(store, f"members:{circle}:{world.facilitator.id}", MembersChanged(circle, (goes,)),
                world.facilitator.id, circle)  # fmt: skip
        for one in (stays, goes):
            planned(store, f"nudge:1:{one}", Nudge(1, one), one, circle)
            planned(store, f"nudge:2:{one}", Nudge(2, one), one, circle)
            planned(store, f"welcome:{circle}:{one}", Welcome(circle, one), one, circle)
        store.deliveries.sent(found(store, f"nudge:1:{goes}").id, "1", NOW)
        store.deliveries.sent(found(store, f"nudge:2:{stays}").id, "1", NOW)
        planned(store, f"members:{circle}:{stays}", MembersChanged(circle, went=(99,)), stays, circle)
        store.deliveries.sent(found(store, f"members:{circle}:{stays}").id, "1", NOW)
        planned(store, f"members:{circle}:{goes}", MembersChanged(circle, (98,)), goes, circle)

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        stays, goes = numbers
        assert found(store, f"seat:{circle}:{stays}").due.person == stays
        assert found(store, f"seat:{circle}:{stays}").due.notice == SeatOffered(circle, stays)
        assert found(store, f"lapse:{circle}:{stays}").due.notice == OfferLapses(circle, stays)
        assert found(store, f"members:{circle}:{world.facilitator.id}").due.notice == MembersChanged(circle, (stays,))
        assert found(store, f"members:{circle}:{stays}").due.notice == MembersChanged(circle, (98,))
        waiting = store.deliveries.waiting(circle=circle)
        assert not [one for one in waiting if one.due.key.startswith("nudge")]
        assert len([one for one in waiting if one.due.key.startswith("welcome")]) == 1
        every = (*waiting, *store.deliveries.log(circle=circle))
        assert {one.due.person for one in every} == {stays, world.facilitator.id, None}
        assert not [one for one in every if one.due.key.partition("#")[0].endswith(f":{goes}")]
        dropped = [one for one in every if one.state is DeliveryState.DROPPED]
        assert {one.outcome for one in dropped} == {merging.ONE_NOW}
        assert len(dropped) == 3

    await database.read(look)


async def test_forms_are_gone_on_with(database: Database, world: World) -> None:
    """A form that is open before the second account stays open; where both had one, hers does."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        chat = store.places.note(CHAT, "", "").id
        for who, place in ((goes, chat), (goes, world.place), (stays, world.place)):
            store.drafts.open(Draft(0, who, place, "nc", f"of {who}", soon(hours=1)))

    await merged(database, world, before)

    def look(store: SqlStore) -> None:
        chat = store.places.find(CHAT)
        assert chat is not None
        assert store.drafts.current(world.ada.id, chat.id) is not None
        here = store.drafts.current(world.ada.id, world.place)
        assert here is not None
        assert here.known == f"of {world.ada.id}"

    await database.read(look)


async def test_an_answer_in_that_very_moment_is_not_lost(database: Database, world: World) -> None:
    """Whoever taps while their accounts are linked is counted, or told to try again; never half of it."""
    goes = (await database.transact(second)).id

    def merge(store: SqlStore) -> None:
        store.linking.hold(world.ada.id, goes)
        store.linking.merge(world.ada.id, goes)

    def tap(store: SqlStore) -> None:
        who = store.people.meet(ELSEWHERE, "", "", NOW)
        store.rsvps.answer(world.meeting.id, who.id, Answer.YES, NOW)

    outcomes = await asyncio.gather(
        database.transact(merge), *(database.transact(tap) for _ in range(6)), return_exceptions=True
    )
    said = await database.read(lambda store: store.rsvps.of(world.meeting.id))
    assert not isinstance(outcomes[0], BaseException)
    counted = any(not isinstance(one, BaseException) for one in outcomes[1:])
    assert [one.person for one in said] == [world.ada.id] * counted


async def test_seats_are_held_while_two_become_one(database: Database, world: World) -> None:
    """Linking and joining at the same moment neither oversells a circle nor waits for ever."""
    goes = (await database.transact(second)).id

    def prepare(store: SqlStore) -> int:
        circle = store.circles.add(
            Circle(0, world.community.id, "Go", "en", "UTC", seats=3, state=CircleState.PUBLISHED), NOW
        ).id
        for who in (world.ada.id, goes):
            store.seats.join_as(circle, who, Role.LEARNER, NOW)
        return circle

    circle = await database.transact(prepare)

    def one(store: SqlStore, name: str) -> None:
        if name == "link":
            store.linking.hold(world.ada.id, goes)
            store.linking.merge(world.ada.id, goes)
        else:
            store.seats.take(learner(circle, person(store, name)), NOW)

    await at_once(database, ["Cy", "Di", "link", "Ed", "Flo"], one)
    roster = await database.read(lambda store: store.seats.roster(circle))
    assert len(roster) <= 3
    assert world.ada.id in {member.person.id for member in roster}


# Codes


def made(store: SqlStore, by: int, code_hash: str = "h") -> LinkCode:
    """Return a new code."""
    return store.linking.make(by, code_hash, NOW + CODE_LASTS, NOW)


async def test_a_code_is_kept_for_whoever_brings_it_first(database: Database, world: World) -> None:
    """Of many who bring one at once, one is asked; only they can use it, and only once."""
    code = await database.transact(lambda store: made(store, world.ada.id))
    bringing = [world.bo.id, world.facilitator.id]
    taken = await at_once(database, bringing, lambda store, who: store.linking.take(code.id, who, NOW))
    assert sorted(taken) == [False, True]
    asked, other = bringing if taken[0] else reversed(bringing)
    assert not await database.transact(lambda store: store.linking.use(code, other, NOW))
    used = await at_once(database, [asked] * 3, lambda store, who: store.linking.use(code, who, NOW))
    assert sorted(used) == [False, False, True]


async def test_a_code_runs_out_and_gives_way_to_the_next(database: Database, world: World) -> None:
    """After ten minutes it cannot be used, nor once another was made; a day later nothing is known of it."""

    def work(store: SqlStore) -> None:
        first = made(store, world.ada.id, "first")
        assert not store.linking.take(first.id, world.bo.id, NOW + CODE_LASTS)
        second_one = made(store, world.ada.id, "second")
        assert not store.linking.take(first.id, world.bo.id, NOW)
        assert store.linking.take(second_one.id, world.bo.id, NOW)
        assert store.linking.revoke(second_one.id, NOW)
        assert not store.linking.revoke(second_one.id, NOW)
        store.tidy(soon(hours=2))
        assert store.linking.by_hash("second") is not None
        store.tidy(soon(days=2))
        assert store.linking.by_hash("second") is None

    await database.transact(work)


async def test_wrong_codes_are_counted_for_a_while(database: Database, world: World) -> None:
    """However many are brought at once; after the hour counting begins anew."""
    hour = timedelta(hours=1)
    await at_once(database, range(6), lambda store, _: store.linking.tried(world.ada.id, NOW - hour, NOW))

    def look(store: SqlStore) -> None:
        assert store.linking.tries(world.ada.id, NOW - hour) == 6
        assert store.linking.tries(world.bo.id, NOW - hour) == 0
        assert store.linking.tries(world.ada.id, NOW) == 0
        store.linking.tried(world.ada.id, NOW, NOW + hour)
        assert store.linking.tries(world.ada.id, NOW) == 1

    await database.transact(look)


async def test_codes_are_told_and_forgotten_with_the_person(database: Database, world: World) -> None:
    """What is kept of them tells no hash, and goes with whoever is forgotten."""

    def work(store: SqlStore) -> None:
        made(store, world.ada.id, "hash of a code")
        store.linking.tried(world.ada.id, NOW, NOW)
        told = store.people.everything(world.ada.id)
        assert len(told["codes_to_link"]) == len(told["wrong_codes"]) == 1
        assert "hash of a code" not in repr(told)
        store.people.forget(world.ada.id, NOW)
        assert store.connection.execute(select(link_codes)).fetchall() == []
        assert store.linking.tries(world.ada.id, NOW - CODE_LASTS) == 0

    await database.transact(work)


# One becomes two


async def test_an_account_leaves_with_nothing(database: Database, world: World) -> None:
    """Everything stays with the rest; in the private chat of the one that left nothing of it is said any more."""

    def before(store: SqlStore, stays: int, goes: int) -> None:
        store.rsvps.answer(world.meeting.id, goes, Answer.YES, NOW)

    await merged(database, world, before)

    def work(store: SqlStore) -> None:
        chat = store.places.note(CHAT, "", "").id
        store.drafts.open(Draft(0, world.ada.id, chat, "nc", "", soon(hours=1)))
        store.cards.stand(Card("nudge", world.meeting.id), Posted(CHAT, "5"), "", NOW)
        store.deliveries.plan([Due("digest:1:asked", DecisionTaken(1), NOW, place=chat)])
        code = made(store, world.ada.id)
        anew = store.linking.unlink(world.ada.id, ELSEWHERE, NOW)
        assert anew not in {None, world.ada.id}
        assert store.people.known(ELSEWHERE) == Person(anew or 0, ELSEWHERE.name, "en", "Europe/Madrid")
        assert [one.platform for one in store.people.accounts(world.ada.id)] == ["web"]
        assert [one.name for one in store.rsvps.of(world.meeting.id)] == ["Ada"]
        assert store.circles.of_person(anew or 0) == ()
        assert store.drafts.current(world.ada.id, chat) is None
        assert store.cards.of("nudge", world.meeting.id) == ()
        gone = store.deliveries.find("digest:1:asked")
        assert gone is None
        assert not store.linking.take(code.id, world.bo.id, NOW)

    await database.transact(work)


async def test_nobody_is_left_without_an_account(database: Database, world: World) -> None:
    """The only account stays, of two that leave at once one does; nobody sends away somebody else's."""
    await merged(database, world, lambda store, stays, goes: None)  # noqa: ARG005  # nothing happens
    both = await database.read(lambda store: store.people.accounts(world.ada.id))
    stranger = await database.transact(lambda store: store.linking.unlink(world.bo.id, both[0], NOW))
    assert stranger is None
    left = await at_once(database, both, lambda store, one: store.linking.unlink(world.ada.id, one, NOW))
    assert sorted(one is None for one in left) == [False, True]
    assert len(await database.read(lambda store: store.people.accounts(world.ada.id))) == 1
