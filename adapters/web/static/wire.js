// The connection: comes back by itself, goes on from the last version it has, and sends again what was not acknowledged.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15000;
const LARGEST_FRAME = 64 * 1024;
const KEPT = "circlebot-unsent";

function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    return [];
  }
}

export class Wire extends EventTarget {
  #socket = null;
  #wait = FIRST_WAIT;
  #timer = 0;
  #ready = false;
  #stopped = false;
  #hello;
  #waiting = new Map(); // key → resolve, for acts of this page's life
  #unsent = kept(); // {by, frame}: acts without an answer; they outlive a reload
  #asked = new Map();
  #lastAsked = 0;

  /** `hello` returns the frame that says who we are and what we have. */
  constructor(hello) {
    super();
    this.#hello = hello;
    addEventListener("online", () => this.connect());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.connect());
  }

  get ready() {
    return this.#ready;
  }

  connect() {
    if (this.#socket || this.#stopped) return;
    clearTimeout(this.#timer);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#put(this.#hello()));
    socket.addEventListener("message", (event) => this.#heard(JSON.parse(event.data)));
    socket.addEventListener("close", () => this.#lost());
  }

  /** Do not come back: nobody is signed in. */
  stop() {
    this.#stopped = true;
  }

  /** Say anew who we are: somebody else now. */
  greet() {
    this.#ready = false;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#put(this.#hello());
  }

  /** Do something once; resolves with the answer, which may come after a reconnection. Null: too big to send. */
  act(by, frame) {
    const keyed = { ...frame, key: freshKey() };
    if (new TextEncoder().encode(JSON.stringify(keyed)).length > LARGEST_FRAME) return Promise.resolve(null);
    this.#unsent.push({ by, frame: keyed });
    this.#keep();
    return new Promise((resolve) => {
      this.#waiting.set(keyed.key, resolve);
      if (this.#ready) this.#put(keyed);
    });
  }

  /** Tell or ask something that needs no second try. */
  tell(frame) {
    if (this.#ready) this.#put(frame);
  }

  /** Ask for completions; resolves with pairs, or with none if the connection goes. */
  complete(frame) {
    this.#lastAsked += 1;
    const id = this.#lastAsked;
    return new Promise((resolve) => {
      if (!this.#ready) {
        resolve([]);
        return;
      }
      this.#asked.set(id, resolve);
      this.#put({ type: "complete", id, ...frame });
    });
  }

  unsent(by) {
    return this.#unsent.filter((item) => item.by === by).map((item) => item.frame);
  }

  #put(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #heard(frame) {
    if (frame.type === "welcome") this.#welcomed(frame);
    else if (frame.type === "ack") this.#acknowledged(frame);
    else if (frame.type === "completions") {
      this.#asked.get(frame.id)?.(frame.items);
      this.#asked.delete(frame.id);
    } else this.#tellPage("frame", frame);
  }

  #welcomed(frame) {
    this.#wait = FIRST_WAIT;
    this.#ready = true;
    this.#tellPage("frame", frame);
    this.#tellPage("connection", { up: true });
    for (const item of this.#unsent) if (item.by === (frame.me?.user ?? "")) this.#put(item.frame);
  }

  #acknowledged(ack) {
    const item = this.#unsent.find((each) => each.frame.key === ack.key);
    this.#unsent = this.#unsent.filter((each) => each !== item);
    this.#keep();
    if (item) this.#tellPage("answer", { ack, act: item.frame, by: item.by });
    this.#waiting.get(ack.key)?.(ack);
    this.#waiting.delete(ack.key);
  }

  #lost() {
    this.#socket = null;
    this.#ready = false;
    for (const resolve of this.#asked.values()) resolve([]);
    this.#asked.clear();
    if (this.#stopped) return;
    this.#tellPage("connection", { up: false });
    this.#timer = setTimeout(() => this.connect(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 1.8, LONGEST_WAIT);
  }

  #keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.#unsent));
    } catch {
      // Without storage an unsent act lasts as long as the page.
    }
  }

  #tellPage(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
