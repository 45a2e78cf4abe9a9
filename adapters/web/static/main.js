// The page: puts its parts together and passes between them what the server says and what people do.

import { ClockBar } from "./clockbar.js";
import { announce, el } from "./dom.js";
import { FormDialog } from "./form.js";
import { Pane } from "./pane.js";
import { Side } from "./side.js";
import { Store } from "./store.js";
import { browserZone, refresh, useZone } from "./times.js";
import { clearToasts, toast } from "./toasts.js";
import { Wire } from "./wire.js";
import { loadWords, locale, say } from "./words.js";

const WHO = "circlebot-person";
const WHERE = "circlebot-room";
const demo = document.body.dataset.mode === "demo";
const wide = matchMedia("(min-width: 75rem)");
const finePointer = matchMedia("(pointer: fine)"); // else a keyboard would come up over what one wants to read

function remembered(name) {
  try {
    return sessionStorage.getItem(name) ?? localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function remember(name, value) {
  try {
    sessionStorage.setItem(name, value); // this tab
    localStorage.setItem(name, value); // the next one
  } catch {
    // Without storage the page starts from the beginning each time.
  }
}

class Page {
  store = new Store();
  #main = document.getElementById("main");
  #offline = document.getElementById("offline");
  #as = remembered(WHO);
  #current = remembered(WHERE);
  #panes = new Map();
  #left = new Map();
  #pendingStart = /^\/start\/([A-Za-z0-9_-]{1,64})$/.exec(location.pathname)?.[1] ?? "";
  #opened = new Set();
  #wasDown = false;
  #held = false;
  #later = [];

  constructor() {
    this.wire = new Wire(() => ({ type: "hello", as: demo ? this.#as : "", since: this.store.version, language: locale, zone: browserZone() }));
    this.side = new Side(this);
    this.form = new FormDialog(this);
    this.clock = new ClockBar(this);
    this.wire.addEventListener("frame", ({ detail }) => this.#heard(detail));
    this.wire.addEventListener("answer", ({ detail }) => this.#answered(detail));
    this.wire.addEventListener("connection", ({ detail }) => this.#connection(detail.up));
    wide.addEventListener("change", () => this.store.me && this.#arrange());
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#refresh(), 20000);
    addEventListener("pointerdown", () => { this.#held = true; }, true);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(() => this.#letGo()), true);
    this.wire.connect();
  }

  // What the parts use

  get me() {
    return this.store.me?.user ?? "";
  }

  async act(frame) {
    const done = this.wire.act(this.me, frame);
    this.#panes.get(frame.room)?.sync();
    const ack = await done;
    if (!ack) toast(say("too_long", { count: 16000 }), true);
    return ack;
  }

  tell(frame) {
    this.wire.tell(frame);
  }

  complete(frame) {
    return this.wire.complete(frame);
  }

  unsent() {
    return this.wire.unsent(this.me);
  }

  isShown(room) {
    return this.#panes.has(room.room);
  }

  openMenu() {
    this.side.open();
  }

  marksChanged() {
    this.side.draw();
    const unread = this.store.rooms.reduce((sum, room) => sum + this.store.of(room.room).unread, 0);
    document.title = unread ? `(${unread}) ${say("name")}` : say("name");
  }

  show(name) {
    const room = this.store.room(name);
    if (!room) return;
    this.#current = name;
    remember(WHERE, room.private ? "private" : name);
    this.#arrange();
    if (finePointer.matches) this.#panes.get(name)?.composer.focus();
    else this.#main.focus();
  }

  become(user) {
    if (user === this.me) return;
    this.#as = user;
    remember(WHO, user);
    this.#current = this.store.room(this.#current)?.private ? "private" : this.#current;
    this.store.reset();
    this.#panes.clear();
    clearToasts();
    this.wire.greet();
  }

  made(type, id) {
    if (type === "person") this.become(id);
    else {
      this.#current = id;
      if (this.store.room(id)) this.show(id);
    }
  }

  /** Follow one of the bot's own links: into the private chat. */
  start(payload) {
    this.show(this.store.privateRoom.room);
    this.act({ type: "open", start: payload });
  }

  leftForm(room, form) {
    if (form) this.#left.set(room, form);
    else this.#left.delete(room);
    this.#offerForm(room);
  }

  // What the server says

  /** While a finger is down nothing is redrawn under it: the tap would be lost. */
  #letGo() {
    this.#held = false;
    for (const frame of this.#later.splice(0)) this.#heard(frame);
  }

  #heard(frame) {
    if (this.#held && frame.type !== "welcome") {
      this.#later.push(frame);
      return;
    }
    switch (frame.type) {
      case "welcome":
        this.#welcome(frame);
        break;
      case "posts":
        this.#posts(frame);
        break;
      case "people":
        this.store.people = frame.people;
        this.side.draw();
        break;
      case "rooms":
        this.store.rooms = frame.rooms;
        if (!this.#panes.has(this.#current)) this.#arrange();
        this.side.draw();
        break;
      case "clock":
        this.clock.show(frame.clock);
        this.#refresh();
        break;
      case "older":
        this.store.older(frame);
        this.#panes.get(frame.room)?.grewUpwards();
        break;
      case "refused":
        toast(say(frame.words === "not_understood" ? "failed" : frame.words), true);
        break;
      case "stranger":
        this.wire.stop();
        this.#alone("stranger_title", "stranger");
        break;
    }
  }

  #welcome(frame) {
    this.#later = [];
    const switched = !this.store.me;
    this.store.welcome(frame);
    this.clock.show(frame.clock);
    if (!frame.me) {
      this.#alone("nobody_title", "nobody");
      this.side.draw();
      return;
    }
    this.#as = frame.me.user;
    useZone(frame.me.zone);
    if (switched) {
      this.#panes.clear();
      this.#main.replaceChildren();
      announce(`${say("you_are")} ${frame.me.name}`);
    }
    if (this.#pendingStart) {
      history.replaceState(null, "", "/");
      this.start(this.#pendingStart);
      this.#pendingStart = "";
    }
    this.#arrange();
    for (const pane of this.#panes.values()) pane.sync();
  }

  #posts(frame) {
    this.store.version = frame.version;
    const added = this.store.take(frame.posts);
    for (const [name, pane] of this.#panes) {
      if (frame.posts.some((post) => post.room === name)) pane.sync(added.filter((post) => post.room === name));
    }
    this.marksChanged();
    this.#look();
  }

  #answered({ ack, act, by }) {
    if (by !== this.me) return;
    this.#panes.get(act.room)?.sync();
    if (ack.failed) toast(say(ack.failed), true);
    if (ack.toast) toast(ack.toast.words, ack.toast.alert);
    if (ack.ask) this.form.ask(act.room ?? this.store.privateRoom.room, ack.ask);
  }

  #connection(up) {
    if (!up) {
      this.#wasDown = true;
      this.#offline.textContent = say(this.store.me ? "offline" : "connecting");
    } else {
      this.#offline.textContent = "";
      if (this.#wasDown) announce(say("online"));
      this.#wasDown = false;
    }
    document.body.classList.toggle("is-offline", !up);
  }

  // What is shown

  #arrange() {
    const { store } = this;
    const own = store.privateRoom;
    if (!own) return;
    const groups = store.rooms.filter((room) => !room.private);
    const chosen = this.#current === "private" ? own : store.room(this.#current) ?? groups[0] ?? own;
    this.#current = chosen.room;
    let shown = [chosen];
    if (wide.matches && groups.length) {
      const beside = chosen.private ? groups.find((room) => this.#panes.has(room.room)) ?? groups[0] : chosen;
      shown = [beside, own];
    }
    for (const name of [...this.#panes.keys()]) if (!shown.some((room) => room.room === name)) this.#panes.delete(name);
    const fresh = shown.filter((room) => !this.#panes.has(room.room));
    for (const room of fresh) this.#panes.set(room.room, new Pane(room, this));
    const nodes = shown.map((room) => this.#panes.get(room.room).node);
    document.body.classList.toggle("two-panes", shown.length > 1);
    // A node that stays is not moved: it would lose its place in the scrolling, and the focus.
    for (const child of [...this.#main.childNodes]) if (!nodes.includes(child)) child.remove();
    nodes.forEach((node, index) => {
      if (this.#main.childNodes[index] !== node) this.#main.insertBefore(node, this.#main.childNodes[index] ?? null);
    });
    for (const room of fresh) {
      this.#panes.get(room.room).toEnd();
      this.#offerForm(room.room);
    }
    this.#greetBot(own);
    this.marksChanged();
    this.#look();
  }

  /** The first look at the page, however narrow, is news to the bot: from now on it may write in the private chat. */
  #greetBot(own) {
    if (this.#opened.has(own.room) || this.store.of(own.room).posts.size) return;
    this.#opened.add(own.room);
    this.act({ type: "open", start: "" });
  }

  #offerForm(room) {
    const form = this.#left.get(room);
    const resume = () => this.form.ask(room, form);
    const drop = () => {
      this.leftForm(room, null);
      this.act({ type: "say", room, words: "/cancel" });
    };
    this.#panes.get(room)?.composer.leftForm(form?.title ?? "", resume, drop);
  }

  /** Time has passed: what was today is yesterday, what was in 2 hours is now. */
  #refresh() {
    refresh();
    for (const pane of this.#panes.values()) pane.sync();
  }

  #look() {
    for (const pane of this.#panes.values()) pane.look();
  }

  #alone(title, words) {
    this.#panes.clear();
    this.#main.replaceChildren(el("div", { class: "empty" }, el("img", { src: "/static/icon.svg", alt: "", width: "72", height: "72" }), el("h1", { text: say(title) }), el("p", { text: say(words) })));
  }
}

await loadWords();
new Page();
