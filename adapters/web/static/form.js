// A form of several questions in a dialog. What is wrong is said at each question; what was good stays.

import { el, icon } from "./dom.js";
import { drawField } from "./field.js";
import { paragraphs } from "./spans.js";
import { say } from "./words.js";

export class FormDialog {
  #dialog = document.getElementById("form");
  #page;
  #open = null; // {room, form, fields}
  #trouble = null; // where it says why nothing was sent
  #back = null; // what had the focus before

  constructor(page) {
    this.#page = page;
    this.#dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.#leave(); });
  }

  /** Show a page of questions that was asked for in `room`. */
  ask(room, form) {
    if (!this.#dialog.open) this.#back = document.activeElement;
    const fields = form.questions.map((question) => drawField(question, null));
    this.#open = { room, form, fields };
    this.#page.leftForm(room, null);
    this.#draw();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.querySelector(".dialog-body").scrollTop = 0;
    (fields.find((field) => field.question.error) ?? fields[0])?.focus();
  }

  #draw() {
    const { form, fields } = this.#open;
    this.#trouble = el("p", { class: "trouble error", role: "alert" });
    const wrong = fields.filter((field) => field.question.error);
    const steps = form.steps > 1 ? el("p", { class: "steps", text: say("step", { step: form.step, steps: form.steps }) }) : null;
    const send = el("button", { type: "submit", class: "button primary", text: say(form.step < form.steps ? "continue" : "save") });
    this.#dialog.replaceChildren(
      el(
        "form",
        { class: "dialog-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#send(send); } },
        el("header", { class: "dialog-head" }, el("div", {}, steps, el("h2", { id: "form-title", dir: "auto", text: form.title })), el("button", { type: "button", class: "button icon-only", "aria-label": say("close"), onclick: () => this.#leave() }, icon("close"))),
        el("div", { class: "dialog-body", tabindex: "-1" }, paragraphs(form.intro, this.#page), wrong.length ? el("p", { class: "summary", role: "alert" }, icon("warn"), say("fix")) : null, this.#trouble, fields.map((field) => field.node)),
        el("footer", { class: "dialog-foot" }, el("button", { type: "button", class: "button", text: say("cancel"), onclick: () => this.#leave() }), send),
      ),
    );
  }

  async #send(button) {
    const { room, form, fields } = this.#open;
    if (button.getAttribute("aria-busy") === "true") return;
    const answers = {};
    const missing = [];
    for (const field of fields) {
      answers[field.question.field] = field.read();
      const lacks = field.question.required && !field.read();
      field.complain(lacks ? say("needed") : "");
      if (lacks) missing.push(field);
    }
    if (missing.length) {
      missing[0].focus();
      return;
    }
    button.setAttribute("aria-busy", "true");
    const opened = this.#open;
    const ack = await this.#page.act({ type: "fill", room, draft: form.draft, answers });
    button.removeAttribute("aria-busy");
    // The answer may already have put the next page here; a failure leaves everything to be tried again.
    if (this.#open !== opened) return;
    if (ack && !ack.failed) this.close();
    else this.#trouble.textContent = ack ? say(ack.failed) : say("too_long", { count: 16000 });
  }

  close() {
    this.#open = null;
    this.#dialog.close();
    (this.#back?.isConnected ? this.#back : document.getElementById("main")).focus({ preventScroll: true });
  }

  #leave() {
    const { room, form, fields } = this.#open;
    const values = Object.fromEntries(fields.map((field) => [field.question.field, field.read()]));
    this.close();
    const again = { ...form, questions: form.questions.map((question) => ({ ...question, value: values[question.field] })) };
    this.#page.leftForm(room, again);
  }
}
