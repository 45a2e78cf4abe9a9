"""What the page and the server say to each other: one JSON object a frame over one WebSocket.

A room is named `g:<chat>` (a group) or `p:<user>` (that person's private chat with the bot). A post is

    {id, room, version, at, edited, author, name, mine, only, body}

where `author` is a user id or "" for the bot, `only` says that nobody else sees it, and `body` is `{words}` for what a
person said or what `render.drawn` makes of a message: spans as data, never markup.

Page to server (checked by the models below; what does not fit is answered by `refused` and changes nothing)
    hello     as?, since, language, zone     who I am (demo only) and the last version I have; 0 asks for everything
    say       key, room, words               words, or a command with its arguments: "/next"
    run       key, room, command, options, words     a command with options by field name
    press     key, room, post, payload       a button
    fill      key, room, draft, answers      a page of a form
    open      key, start                     my private chat was opened, by a link with `start` if there is one
    seen      room, post                     I have seen everything up to `post`
    complete  id, room, command, field, words        what could `words` become?
    older     room, before                   the posts before one
    clock     key, step                      next | hour | day (demo only)
    person    key, name                      add a person (demo only)
    room      key, title                     make a room (demo only)

Frames with a `key` are acts: each is answered by one `ack` with the same key. A page that got none sends it again
after it has reconnected, with the same key; what was done is not done twice, and the answer is the same.

Server to page
    welcome   me, demo, version, people, rooms, seen, commands, clock, posts?, per_room?     the answer to `hello`;
              the newest posts of each room where everything was asked for, else what was missed follows in `posts`
    posts     posts, version                 posted or edited since; an edit carries the whole post again
    people    people                         somebody was added, or something waits for them: {user, name, waiting}
    rooms     rooms                          {room, title, private}
    clock     clock                          {now, next?: {at, label}}
    ack       key, toast?, ask?, made?, moved?, failed?      {words, alert}; a page of a form; what was made; why not
    completions  id, items                   [[value, label], …]
    older     room, posts, more
    refused   words                          that frame was not understood or not allowed
    stranger                                 nobody is signed in here
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

LARGEST_FRAME = 64 * 1024
"""In bytes, as they come over the wire."""
LONGEST_WORDS = 16_000
"""In characters."""


def _storable(words: str) -> str:
    """Drop the one character that no database takes."""
    return words.replace("\0", "")


Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
RoomName = Annotated[str, StringConstraints(pattern=r"^[gp]:[A-Za-z0-9_.-]{1,64}$")]
Words = Annotated[str, Field(max_length=LONGEST_WORDS), AfterValidator(_storable)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_storable)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
CommandName = Annotated[str, StringConstraints(pattern=r"^\w{1,32}$")]
Answers = Annotated[dict[FieldName, Words], Field(max_length=50)]
Number = Annotated[int, Field(ge=0, lt=2**63)]


class Frame(BaseModel):
    """The root of what a page may send."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # by the first frame, not at the start


class Hello(Frame):
    """Who speaks, and what they have already."""

    type: Literal["hello"]
    as_: Annotated[str, Field(alias="as", max_length=64)] = ""
    since: Number = 0
    language: Annotated[str, Field(max_length=35)] = ""
    zone: Annotated[str, Field(max_length=64)] = ""


class Keyed(Frame):
    """An act: done once, whatever is sent again."""

    key: Key


class Say(Keyed):
    """Words, or a command with its arguments."""

    type: Literal["say"]
    room: RoomName
    words: Words


class Run(Keyed):
    """A command with options by field name."""

    type: Literal["run"]
    room: RoomName
    command: CommandName
    options: Answers = {}
    words: Words = ""


class Press(Keyed):
    """A pressed button."""

    type: Literal["press"]
    room: RoomName
    post: Number
    payload: Annotated[str, Field(max_length=64)]


class Fill(Keyed):
    """A page of a form."""

    type: Literal["fill"]
    room: RoomName
    draft: Number
    answers: Answers


class Open(Keyed):
    """The private chat was opened."""

    type: Literal["open"]
    start: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""


class Seen(Frame):
    """Everything up to a post has been seen."""

    type: Literal["seen"]
    room: RoomName
    post: Number


class Complete(Frame):
    """Asks what words could become."""

    type: Literal["complete"]
    id: Number
    room: RoomName
    command: CommandName
    field: FieldName
    words: Annotated[str, Field(max_length=200)] = ""


class Older(Frame):
    """The posts before one."""

    type: Literal["older"]
    room: RoomName
    before: Number


class MoveClock(Keyed):
    """Move the demo's clock."""

    type: Literal["clock"]
    step: Literal["next", "hour", "day"]


class AddPerson(Keyed):
    """Add a person to the demo."""

    type: Literal["person"]
    name: Name


class AddRoom(Keyed):
    """Make a room in the demo."""

    type: Literal["room"]
    title: Name


Act = Say | Run | Press | Fill | Open | MoveClock | AddPerson | AddRoom
Asked = Seen | Complete | Older
AnyFrame = Hello | Act | Asked
_ANY: TypeAdapter[AnyFrame] = TypeAdapter(
    Annotated[AnyFrame, Field(discriminator="type")], config=ConfigDict(defer_build=True)
)


def parsed(text: str) -> AnyFrame:
    """Return the frame in `text`; raises pydantic's `ValidationError` (a ValueError) for anything else."""
    return _ANY.validate_json(text)


Json = dict[str, Any]
"""What goes out: made by us, so not checked again."""
