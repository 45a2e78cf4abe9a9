// Where people write: words, or a command that is completed and whose options have fields of their own.

import { Suggestions } from "./combo.js";
import { el, fresh, icon } from "./dom.js";
import { drawField } from "./field.js";
import { toast } from "./toasts.js";
import { say } from "./words.js";

const LONGEST = 16000;
const NAMED = /^\/([\p{L}\p{M}\p{N}_'-]+)(\s|$)\s*/u;
const FEW = 2; // options of a command that are offered at once; more wait to be unfolded

/** Words without regard to case and accents, as the bot reads a command's name. */
const folded = (words) => words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
const names = (command) => [command.name, command.named].filter(Boolean).map(folded);
const isCalled = (command, words) => names(command).includes(folded(words));

export class Composer {
  #room;
  #page;
  #input;
  #list;
  #panel;
  #left;
  #fields = new Map();
  #command = null;

  constructor(room, page) {
    this.#room = room;
    this.#page = page;
    const title = room.private ? say("private_title") : room.title;
    const id = fresh("write");
    this.#input = el("textarea", { class: "write", id, rows: "1", dir: "auto", placeholder: say("placeholder"), "aria-label": say("write_to", { room: title }), enterkeyhint: "send", autocomplete: "off", oninput: () => this.#typed() });
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#list = new Suggestions(this.#input, say("commands"), (item, byTab) => this.#picked(item.command, byTab), { completes: true });
    this.#panel = el("section", { class: "options", hidden: true });
    this.#left = el("div", { class: "left", hidden: true });
    const slash = el("button", { type: "button", class: "button icon-only", "aria-label": say("all_commands"), title: say("all_commands"), onclick: () => this.#showAll() }, icon("slash"));
    const send = el("button", { type: "submit", class: "button primary icon-only send", "aria-label": say("send"), title: say("send") }, icon("send"));
    this.node = el("form", { class: "composer", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#send(); } }, this.#left, this.#panel, this.#list.node, el("div", { class: "composer-row" }, slash, this.#input, send));
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  #key(event) {
    if (this.#list.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.#command) {
      this.#input.value = "";
      this.#typed();
    }
  }

  #typed() {
    this.#fit();
    const begun = /^\/([\p{L}\p{M}\p{N}_'-]*)$/u.exec(this.#input.value);
    if (begun) this.#offer(begun[1]);
    else this.#list.hide();
    const named = NAMED.exec(this.#input.value);
    const command = named ? this.#page.store.commands.find((each) => isCalled(each, named[1])) : null;
    this.#describe(command ?? null);
  }

  #fit() {
    this.#input.rows = Math.min(6, this.#input.value.split("\n").length);
  }

  /** Offer commands by name, then by summary. What is no name here may be one in another language: Enter sends it as it is. */
  #offer(begun) {
    const wish = folded(begun);
    const starts = this.#page.store.commands.filter((command) => names(command).some((name) => name.startsWith(wish))).sort((a, b) => isCalled(b, begun) - isCalled(a, begun));
    const holds = wish.length > 1 ? this.#page.store.commands.filter((command) => !starts.includes(command) && folded(command.name + command.summary).includes(wish)) : [];
    const found = [...starts, ...holds].map((command) => ({ command, main: `/${command.name}`, note: command.summary }));
    this.#list.show(found, starts.length ? 0 : -1);
  }

  #showAll() {
    this.#input.value = "/";
    this.focus();
    this.#typed();
  }

  #picked(command, byTab) {
    const whole = isCalled(command, this.#input.value.slice(1));
    this.#input.value = `/${command.name} `;
    this.focus();
    this.#typed();
    if (!byTab && (whole || !command.options.length)) this.#send();
  }

  #describe(command) {
    if (command === this.#command) return;
    this.#command = command;
    this.#fields.clear();
    this.#panel.hidden = !command || !(command.options.length || command.examples.length);
    this.#panel.replaceChildren();
    if (this.#panel.hidden) return;
    this.#panel.setAttribute("aria-label", say("options_of", { command: `/${command.name}` }));
    const fields = el("div", { class: "option-fields" });
    const examples = command.examples.length
      ? el("p", { class: "examples" }, `${say("for_example")}: `, command.examples.map((example) => el("button", { type: "button", class: "example", dir: "auto", text: example, onclick: () => this.#example(command, example) })))
      : null;
    const chips = command.options.length
      ? el("details", { class: "more", open: command.options.length <= FEW }, el("summary", { text: say("options_more") }), el("p", { class: "hint", text: say("options_hint") }), el("div", { class: "chips" }, command.options.map((option) => this.#chip(command, option, fields))), fields)
      : null;
    this.#panel.append(el("p", { class: "options-head" }, el("code", { dir: "ltr", text: `/${command.name}` }), el("span", { dir: "auto", text: command.summary })), ...[examples, chips].filter(Boolean));
  }

  #chip(command, option, fields) {
    const chip = el("button", { type: "button", class: "chip" }, icon("plus"), el("bdi", { text: option.prompt }));
    chip.addEventListener("click", () => {
      const find = option.completes ? (words) => this.#page.complete({ room: this.#room.room, command: command.name, field: option.field, words }) : null;
      const field = drawField({ ...option, required: true, value: "", error: "" }, find);
      this.#fields.set(option.field, field);
      fields.append(field.node);
      chip.hidden = true;
      field.focus();
    });
    return chip;
  }

  #example(command, example) {
    this.#input.value = example.startsWith("/") ? example : `/${command.name} ${example}`;
    this.focus();
    this.#typed();
  }

  #send() {
    const words = this.#input.value.trim();
    if (words.length > LONGEST) {
      toast(say("too_long", { count: LONGEST }), true);
      return;
    }
    const options = Object.fromEntries([...this.#fields].map(([field, made]) => [field, made.read()]).filter(([, value]) => value));
    if (!words) return;
    const room = this.#room.room;
    const command = this.#command;
    const frame = command && Object.keys(options).length
      ? { type: "run", room, command: command.name, options, words: words.replace(NAMED, "") }
      : { type: "say", room, words };
    this.#input.value = "";
    this.#typed();
    this.focus();
    this.#page.act(frame);
  }

  /** A form was left before its end: offer to go on. */
  leftForm(title, resume, drop) {
    this.#left.hidden = !title;
    if (!title) return;
    this.#left.replaceChildren(
      el("p", { dir: "auto", text: say("left_form", { title }) }),
      el("button", { type: "button", class: "button primary", text: say("resume_form"), onclick: resume }),
      el("button", { type: "button", class: "button", text: say("drop_form"), onclick: drop }),
    );
  }
}
