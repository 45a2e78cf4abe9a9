// One room: its heading, its posts, its composer. Wide pages show a group room and the private chat side by side.

import { Composer } from "./composer.js";
import { announce, el, icon } from "./dom.js";
import { drawPost, drawUnsent } from "./post.js";
import { plain } from "./spans.js";
import { dayKey, dayName } from "./times.js";
import { say } from "./words.js";

const TOGETHER = 5 * 60000; // posts of one person within this time share a heading, in milliseconds
const NEAR = 80; // this near to the end, in pixels, a reader wants to stay at the end
const ABOVE = 12; // so much of what is above a tall post stays in sight, in pixels

export function titleOf(room) {
  return room.private ? say("private_title") : room.title;
}

export class Pane {
  #page;
  #nodes = new Map(); // post id → {node, version, follows, day}
  #freshFrom = 0; // posts after this one are below the "new" line
  #log;
  #list;
  #jump;
  #earlier;
  #top = 0;
  #stuck = true; // the reader stays at the end whatever grows or shrinks

  constructor(room, page) {
    this.room = room;
    this.#page = page;
    this.#freshFrom = page.store.of(room.room).seen;
    this.composer = new Composer(room, page);
    this.#list = el("div", { class: "list" });
    this.#earlier = el("button", { type: "button", class: "button quiet earlier", text: say("earlier"), onclick: () => this.#askEarlier() });
    this.#log = el("div", { class: "log", role: "log", "aria-live": "off", tabindex: "0", "aria-label": say("messages_in", { room: titleOf(room) }) }, this.#earlier, this.#list);
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#jump = el("button", { type: "button", class: "button jump", hidden: true, onclick: () => this.toEnd() }, icon("down"), say("newest"));
    this.node = el("section", { class: `pane ${room.private ? "pane-private" : "pane-group"}`, "aria-label": titleOf(room) }, this.#head(), el("div", { class: "log-frame" }, this.#log, this.#jump), this.composer.node);
    const sizes = new ResizeObserver(() => this.#settle());
    sizes.observe(this.#log);
    sizes.observe(this.#list);
    this.sync();
  }

  #head() {
    const { room } = this;
    return el(
      "header",
      { class: "pane-head" },
      el("button", { type: "button", class: "button icon-only menu-button", "aria-label": say("menu"), "aria-expanded": "false", "aria-controls": "side", onclick: () => this.#page.openMenu() }, icon("menu"), el("span", { class: "dot", hidden: true })),
      el("span", { class: "room-mark" }, icon(room.private ? "lock" : "hash")),
      el("div", { class: "pane-words" }, el("h2", { class: "pane-title" }, el("bdi", { text: titleOf(room) })), el("p", { class: "pane-note", text: say(room.private ? "private_note" : "group_note") })),
    );
  }

  /** Where the end begins: a newest post that is taller than the room is read from its top. */
  get #end() {
    const end = this.#log.scrollHeight - this.#log.clientHeight;
    const newest = this.#list.lastElementChild;
    if (!newest || newest.offsetHeight <= this.#log.clientHeight) return end;
    const top = newest.getBoundingClientRect().top - this.#log.getBoundingClientRect().top + this.#log.scrollTop;
    return Math.min(end, top - ABOVE);
  }

  get #atEnd() {
    return this.#log.scrollTop > this.#end - NEAR;
  }

  toEnd() {
    this.#log.scrollTop = this.#end;
    this.#scrolled();
  }

  /** Something grew or shrank: whoever was at the end stays there, and is never taken back up. */
  #settle() {
    if (this.#stuck && this.#log.scrollTop < this.#end) this.toEnd();
  }

  /** Bring the list up to date with what the page knows; `added` are new posts to be read out. */
  sync(added = []) {
    const stay = this.#stuck || added.some((post) => post.mine);
    const wanted = this.#wanted();
    wanted.forEach((node, index) => {
      if (this.#list.childNodes[index] !== node) this.#list.insertBefore(node, this.#list.childNodes[index] ?? null);
    });
    while (this.#list.childNodes.length > wanted.length) this.#list.lastChild.remove();
    this.#earlier.hidden = !this.#page.store.of(this.room.room).more;
    if (stay) this.toEnd();
    else if (added.length) this.#jump.hidden = false;
    for (const post of added) if (!post.mine) announce(`${post.author ? post.name : say("bot")}: ${plain(post.body).slice(0, 400)}`);
  }

  #wanted() {
    const { store } = this.#page;
    const wanted = [];
    const posts = store.of(this.room.room).list;
    let before = null;
    let lined = this.#freshFrom === 0;
    for (const post of posts) {
      const date = new Date(post.at);
      const newDay = !before || dayKey(new Date(before.at)) !== dayKey(date);
      if (newDay) wanted.push(this.#line(`day-${dayKey(date)}`, "day", dayName(date)));
      const isFirstNew = !lined && post.id > this.#freshFrom && !post.mine;
      if (isFirstNew) {
        lined = true;
        wanted.push(this.#line("fresh", "day fresh", say("new_since")));
      }
      const follows = !newDay && !isFirstNew && before.author === post.author && before.only === post.only && date - new Date(before.at) < TOGETHER;
      wanted.push(this.#drawn(post, follows));
      before = post;
    }
    const said = new Set(posts.filter((post) => post.mine).slice(-20).map((post) => post.body.words));
    for (const frame of this.#page.unsent()) {
      if (frame.room === this.room.room && ["say", "run"].includes(frame.type) && !said.has(frame.words)) wanted.push(drawUnsent(frame));
    }
    return wanted.length ? wanted : [this.#empty()];
  }

  #drawn(post, follows) {
    const had = this.#nodes.get(post.id);
    if (had && had.version === post.version && had.follows === follows) return had.node;
    const node = drawPost(post, this.#page, follows, had?.node);
    if (had && had.version !== post.version) {
      node.classList.add("changed");
      setTimeout(() => node.classList.remove("changed"), 1200);
    }
    this.#nodes.set(post.id, { node, version: post.version, follows });
    return node;
  }

  #line(key, style, words) {
    const had = this.#nodes.get(key);
    if (had?.words === words) return had.node;
    const node = el("div", { class: style, role: "separator", "aria-label": words }, el("span", { text: words }));
    this.#nodes.set(key, { node, words });
    return node;
  }

  #empty() {
    const had = this.#nodes.get("empty");
    if (had) return had.node;
    const starters = ["help", "circles", "newcircle"].filter((name) => this.#page.store.commands.some((command) => command.name === name));
    const node = el(
      "div",
      { class: "empty" },
      el("img", { src: "/static/icon.svg", alt: "", width: "64", height: "64" }),
      el("h3", { text: say("empty_room_title") }),
      el("p", { text: say("empty_room") }),
      el("div", { class: "starters" }, starters.map((name) => el("button", { type: "button", class: "button", text: `/${name}`, onclick: () => this.#page.act({ type: "say", room: this.room.room, words: `/${name}` }) }))),
    );
    this.#nodes.set("empty", { node });
    return node;
  }

  #askEarlier() {
    const [first] = this.#page.store.of(this.room.room).list;
    if (first) this.#page.tell({ type: "older", room: this.room.room, before: first.id });
  }

  /** Older posts have come: the reader's eyes stay where they are. */
  grewUpwards() {
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    this.sync();
    this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
    this.#log.focus({ preventScroll: true });
  }

  #scrolled() {
    const top = this.#log.scrollTop;
    // Only a reader scrolls upwards; the end moving away from under them is no wish to leave it.
    if (this.#atEnd) this.#stuck = true;
    else if (top < this.#top) this.#stuck = false;
    this.#top = top;
    if (!this.#atEnd) return;
    this.#jump.hidden = true;
    this.look();
  }

  /** What stands at the end of a page that is looked at has been seen. */
  look() {
    const posts = this.#page.store.of(this.room.room);
    if (document.visibilityState !== "visible" || !this.node.isConnected || !this.node.offsetParent || !this.#atEnd) return;
    if (!posts.newest || posts.seen >= posts.newest) return;
    posts.seen = posts.newest;
    this.#page.tell({ type: "seen", room: this.room.room, post: posts.newest });
    this.#page.marksChanged();
  }
}
