// One question, by its kind: a label that stays, a hint, the field, and what is wrong with it.

import { searchField } from "./combo.js";
import { el, fresh, icon } from "./dom.js";
import { say } from "./words.js";

const AT_A_GLANCE = 5; // up to so many choices stand side by side; more go into a list

function radios(question, id) {
  const name = fresh("choice");
  const choices = question.required ? question.choices : [["", say("no_answer")], ...question.choices];
  const node = el(
    "div",
    { class: "choices" },
    choices.map(([value, label]) => {
      const input = el("input", { type: "radio", name, value, id: fresh("choice") });
      input.checked = value === question.value;
      return el("label", { class: "choice" }, input, el("span", { dir: "auto", text: label }));
    }),
  );
  const first = node.querySelector("input");
  return { node, input: first, id, group: true, read: () => node.querySelector("input:checked")?.value ?? "" };
}

function list(question, id) {
  const input = el("select", { class: "input", id });
  input.append(el("option", { value: "", text: say(question.required ? "choose" : "no_answer") }));
  for (const [value, label] of question.choices) input.append(el("option", { value, text: label }));
  input.value = question.value;
  return { node: input, input, read: () => input.value };
}

function words(question, id) {
  const long = question.kind === "long";
  const modes = { number: "numeric", link: "url" };
  const input = el(long ? "textarea" : "input", { class: "input", id, dir: "auto", maxlength: question.longest || null, inputmode: modes[question.kind], autocomplete: "off", rows: long ? "4" : null, type: long ? null : "text", value: question.value });
  return { node: input, input, read: () => input.value.trim() };
}

function found(question, id, find) {
  const label = question.choices.find(([value]) => value === question.value)?.[1] ?? question.value;
  const matches = (typed) => question.choices.filter(([, name]) => name.toLocaleLowerCase().includes(typed.toLocaleLowerCase())).slice(0, 25);
  return searchField({ id, "data-label": question.prompt }, find ?? (async (typed) => matches(typed)), [question.value, label]);
}

function control(question, id, find) {
  if (find) return found(question, id, find);
  if (question.kind === "choice" && question.choices.length <= AT_A_GLANCE) return radios(question, id);
  if (question.kind === "choice") return list(question, id);
  if (question.kind === "search" && question.choices.length) return found(question, id, null);
  return words(question, id);
}

/** Draw a question. `find` completes what is typed; without it the question's own choices do. */
export function drawField(question, find) {
  const id = fresh("field");
  const made = control(question, id, find);
  const hint = question.hint ? el("p", { class: "hint", id: `${id}-hint`, dir: "auto", text: question.hint }) : null;
  const error = el("p", { class: "error", id: `${id}-error`, hidden: true });
  const label = [el("span", { dir: "auto", text: question.prompt }), question.required ? null : el("span", { class: "optional", text: say("optional") })];
  const heading = made.group ? el("legend", { class: "label" }, label) : el("label", { class: "label", for: id }, label);
  const node = el(made.group ? "fieldset" : "div", { class: "field" }, heading, hint, made.node, error);
  const described = made.group ? node : made.input;
  const complain = (words) => {
    error.replaceChildren(...(words ? [icon("warn"), el("span", { dir: "auto", text: words })] : []));
    error.hidden = !words;
    node.classList.toggle("wrong", Boolean(words));
    made.input.setAttribute("aria-invalid", String(Boolean(words)));
    described.setAttribute("aria-describedby", [hint?.id, words ? error.id : null].filter(Boolean).join(" "));
  };
  if (question.required) made.input.setAttribute("aria-required", "true");
  complain(question.error);
  return { question, node, complain, read: made.read, focus: () => made.input.focus() };
}
