// Rooms, people, and making more of both.

import { avatar, el, fresh, icon } from "./dom.js";
import { titleOf } from "./pane.js";
import { say } from "./words.js";

const BEHIND = ["main", "clock"]; // out of reach while the menu covers them

function badge(count) {
  if (!count) return null;
  return el("span", { class: "badge" }, el("span", { "aria-hidden": "true", text: count > 99 ? "99+" : String(count) }), el("span", { class: "unseen", text: say("unread", { count }) }));
}

export class Side {
  #body = document.getElementById("side-body");
  #side = document.getElementById("side");
  #veil = document.getElementById("veil");
  #make = document.getElementById("make");
  #page;
  #opener = null;
  #drawn = "";

  constructor(page) {
    this.#page = page;
    this.#veil.addEventListener("click", () => this.close());
    this.#side.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    document.getElementById("language").addEventListener("change", (event) => {
      location.search = new URLSearchParams({ lang: event.target.value });
    });
  }

  open() {
    this.#opener = document.activeElement;
    document.body.classList.add("menu-open");
    this.#veil.hidden = false;
    for (const id of BEHIND) document.getElementById(id).inert = true;
    for (const button of document.querySelectorAll(".menu-button")) button.setAttribute("aria-expanded", "true");
    (this.#body.querySelector("[aria-current]") ?? this.#body.querySelector("button"))?.focus();
  }

  close() {
    if (!document.body.classList.contains("menu-open")) return;
    document.body.classList.remove("menu-open");
    this.#veil.hidden = true;
    for (const id of BEHIND) document.getElementById(id).inert = false;
    for (const button of document.querySelectorAll(".menu-button")) button.setAttribute("aria-expanded", "false");
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  draw() {
    const { store } = this.#page;
    const marks = store.rooms.map((room) => [room, this.#page.isShown(room), store.of(room.room).unread]);
    const seen = JSON.stringify([store.me, store.people, marks]);
    const waiting = marks.some(([, shown, unread]) => !shown && unread);
    for (const dot of document.querySelectorAll(".menu-button .dot")) dot.hidden = !waiting;
    if (seen === this.#drawn) return;
    this.#drawn = seen;
    const focused = this.#body.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    const groups = store.rooms.filter((room) => !room.private).map((room) => this.#room(room));
    const parts = [];
    if (store.me && !store.demo) parts.push(el("div", { class: "me" }, avatar(store.me.user, store.me.name), el("div", {}, el("span", { class: "brand-line", text: say("you_are") }), el("bdi", { text: store.me.name }))));
    if (store.me) {
      parts.push(this.#list(say("private"), [this.#room(store.privateRoom)]));
      parts.push(this.#list(say("rooms"), groups.length ? groups : [el("p", { class: "side-note", text: say("no_rooms") })], store.demo ? this.#more("new_room", () => this.#add("new_room", "room_title", "room", "title")) : null));
    }
    if (store.demo) {
      const people = store.people.map((person) => this.#person(person));
      parts.push(this.#list(say(store.me ? "switch_person" : "nobody_title"), people, this.#more("add_person", () => this.#add("add_person", "person_name", "person", "name")), say("switch_note")));
    }
    this.#body.replaceChildren(...parts);
    if (focused) [...this.#body.querySelectorAll("[data-name]")].find((each) => each.dataset.name === focused)?.focus();
  }

  #list(title, items, more = null, note = "") {
    const id = fresh("heading");
    return el("section", { class: "side-part", "aria-labelledby": id }, el("div", { class: "side-head" }, el("h2", { id, class: "side-title", text: title }), more), note ? el("p", { class: "side-note", text: note }) : null, el("ul", { class: "side-list", role: "list" }, items.map((item) => el("li", {}, item))));
  }

  #more(words, onclick) {
    const node = el("button", { type: "button", class: "button icon-only quiet", "aria-label": say(words), title: say(words), onclick }, icon("plus"));
    node.dataset.name = words;
    return node;
  }

  #room(room) {
    const shown = this.#page.isShown(room);
    const { unread } = this.#page.store.of(room.room);
    const node = el("button", { type: "button", class: unread ? "side-item has-news" : "side-item", "aria-current": shown ? "true" : null, onclick: () => { this.close(); this.#page.show(room.room); } }, el("span", { class: "room-mark" }, icon(room.private ? "lock" : "hash")), el("span", { class: "side-name" }, el("bdi", { text: titleOf(room) })), badge(unread));
    node.dataset.name = room.room;
    return node;
  }

  #person(person) {
    const isMe = person.user === this.#page.store.me?.user;
    const node = el("button", { type: "button", class: "side-item", "aria-current": isMe ? "true" : null, onclick: () => { this.close(); this.#page.become(person.user); } }, avatar(person.user, person.name), el("span", { class: "side-name" }, el("bdi", { text: person.name })), isMe ? el("span", { class: "tag", text: say("you") }) : badge(person.waiting));
    node.dataset.name = `person:${person.user}`;
    return node;
  }

  #add(title, label, type, field) {
    const id = fresh("field");
    const input = el("input", { class: "input", id, type: "text", maxlength: "80", dir: "auto", autocomplete: "off", "aria-required": "true" });
    const done = () => this.#make.close();
    const submit = async (event) => {
      event.preventDefault();
      const value = input.value.trim();
      if (!value) {
        input.setAttribute("aria-invalid", "true");
        input.focus();
        return;
      }
      done();
      this.close();
      const ack = await this.#page.act({ type, [field]: value });
      if (ack?.made) this.#page.made(type, ack.made);
    };
    this.#make.replaceChildren(
      el("form", { class: "dialog-form", novalidate: true, onsubmit: submit }, el("header", { class: "dialog-head" }, el("h2", { id: "make-title", text: say(title) })), el("div", { class: "dialog-body" }, el("div", { class: "field" }, el("label", { class: "label", for: id, text: say(label) }), input)), el("footer", { class: "dialog-foot" }, el("button", { type: "button", class: "button", text: say("cancel"), onclick: done }), el("button", { type: "submit", class: "button primary", text: say("make") }))),
    );
    this.#make.showModal();
    input.focus();
  }
}
