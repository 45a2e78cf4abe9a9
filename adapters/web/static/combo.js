// A field that completes what is typed into it: the pattern of a combobox with a list, by keyboard and by touch.

import { el, fresh } from "./dom.js";

const PAUSE = 120; // milliseconds without typing before anything is asked

/**
 * The list under (or over) a text field. `pick(item, byTab)` is called with what was chosen.
 * With `completes`, Tab takes the first where nothing was chosen.
 */
export class Suggestions {
  #input;
  #items = [];
  #active = -1;
  #pick;
  #completes;

  constructor(input, label, pick, { completes = false } = {}) {
    this.#input = input;
    this.#pick = pick;
    this.#completes = completes;
    this.node = el("ul", { class: "suggestions", role: "listbox", id: fresh("list"), "aria-label": label, hidden: true });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.node.id);
    input.addEventListener("blur", () => this.hide());
  }

  get open() {
    return !this.node.hidden;
  }

  /** Show items: {value, main, note}. */
  show(items, choose = 0) {
    this.#items = items;
    this.node.replaceChildren(
      ...items.map((item, index) => {
        const parts = [el("span", { class: "suggestion-main", dir: "auto", text: item.main }), item.note ? el("span", { class: "suggestion-note", dir: "auto", text: item.note }) : null];
        const row = el("li", { class: "suggestion", role: "option", id: fresh("option"), "aria-selected": "false" }, parts);
        row.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
        row.addEventListener("click", () => this.#chosen(index));
        return row;
      }),
    );
    this.node.hidden = !items.length;
    this.#input.setAttribute("aria-expanded", String(this.open));
    this.#go(items.length ? choose : -1);
    if (items.length) this.node.scrollIntoView({ block: "nearest" });
  }

  hide() {
    if (this.open) this.show([]);
  }

  /** Take a key; returns whether it was for the list. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const { length } = this.#items;
    const byTab = event.key === "Tab" && !event.shiftKey;
    const wanted = byTab && this.#completes ? Math.max(this.#active, 0) : this.#active;
    if (event.key === "ArrowDown") this.#go((this.#active + 1) % length);
    else if (event.key === "ArrowUp") this.#go(this.#active > 0 ? this.#active - 1 : length - 1);
    else if (event.key === "Escape") this.hide();
    else if ((event.key === "Enter" || byTab) && wanted >= 0) this.#chosen(wanted, byTab);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #chosen(index, byTab = false) {
    const item = this.#items[index];
    this.hide();
    this.#pick(item, byTab);
  }

  #go(index) {
    this.#active = index;
    [...this.node.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    const row = this.node.children[index];
    if (row) {
      this.#input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.#input.removeAttribute("aria-activedescendant");
  }
}

/** A field whose value is one of many, found by typing; `find(words)` resolves with [value, label] pairs. */
export function searchField(properties, find, initial = ["", ""]) {
  const input = el("input", { ...properties, type: "text", class: "input", autocomplete: "off", dir: "auto", value: initial[1] });
  let [value, label] = initial;
  const list = new Suggestions(input, properties["aria-label"] ?? properties["data-label"] ?? "", (item) => {
    value = item.value;
    label = item.main;
    input.value = label;
  });
  let timer = 0;
  let asked = 0;
  const look = async () => {
    asked += 1;
    const mine = asked;
    const found = await find(input.value === label ? "" : input.value);
    if (mine === asked && document.activeElement === input) list.show(found.map(([each, name]) => ({ value: each, main: name })), -1);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("click", look);
  input.addEventListener("keydown", (event) => {
    if (!list.open && event.key === "ArrowDown") {
      event.preventDefault();
      look();
    } else list.key(event);
  });
  const node = el("div", { class: "search-field" }, input, list.node);
  return { node, input, read: () => (input.value === label ? value : input.value.trim()) };
}
