// The demo's clock: now, what is due next, and three ways forward.

import { announce, el, icon } from "./dom.js";
import { inFull, now, setNow, time } from "./times.js";
import { say } from "./words.js";

const STEPS = [["next", "go_next", "button primary"], ["hour", "plus_hour", "button"], ["day", "plus_day", "button"]];

export class ClockBar {
  #node = document.getElementById("clock");
  #now = el("time", { class: "clock-now" });
  #due = el("p", { class: "clock-due" });
  #page;
  #busy = false;

  constructor(page) {
    this.#page = page;
    const buttons = STEPS.map(([step, words, style]) => el("button", { type: "button", class: style, text: say(words), onclick: () => this.#move(step) }));
    this.#node.append(
      icon("clock"),
      el("div", { class: "clock-words" }, el("p", { class: "clock-line" }, el("span", { class: "clock-label", text: say("now") }), " ", this.#now), this.#due),
      el("div", { class: "clock-buttons", role: "group", "aria-label": say("clock") }, buttons),
    );
    setInterval(() => this.tick(), 5000);
  }

  show(clock) {
    this.#node.hidden = !clock;
    if (!clock) return;
    setNow(clock.now);
    this.#due.replaceChildren(
      ...(clock.next
        ? [el("span", { class: "clock-label", text: `${say("next_due")}: ` }), el("bdi", { text: clock.next.label }), " · ", time(clock.next.at), " · ", time(clock.next.at, "relative")]
        : [say("nothing_due")]),
    );
    this.tick();
  }

  tick() {
    const words = inFull(now());
    if (this.#now.textContent !== words) {
      this.#now.textContent = words;
      this.#now.dateTime = now().toISOString();
    }
  }

  async #move(step) {
    if (this.#busy) return;
    this.#busy = true;
    this.#node.setAttribute("aria-busy", "true");
    const ack = await this.#page.act({ type: "clock", step });
    this.#busy = false;
    this.#node.removeAttribute("aria-busy");
    if (ack?.moved) announce(say("moved", { when: inFull(now()) }));
  }
}
