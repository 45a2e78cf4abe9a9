// Short words that come and go. Those that must not be missed stay until they are dismissed.

import { el, icon } from "./dom.js";
import { say } from "./words.js";

const STAYS = 6000; // milliseconds

/** Take away what was said in passing. */
function clearPassing() {
  document.getElementById("toasts").replaceChildren();
}

/** Take away everything: it was said to somebody else. */
export function clearToasts() {
  clearPassing();
  document.getElementById("alerts").replaceChildren();
}

export function toast(words, alert = false) {
  const place = document.getElementById(alert ? "alerts" : "toasts");
  const node = el("div", { class: alert ? "toast alert" : "toast" }, icon(alert ? "warn" : "check"), el("p", { dir: "auto", text: words }));
  const remove = () => node.remove();
  node.append(el("button", { type: "button", class: "button icon-only", "aria-label": say("close"), onclick: remove }, icon("close")));
  if (!alert) clearPassing();
  while (place.children.length > 2) place.firstChild.remove();
  place.append(node);
  if (!alert) setTimeout(remove, STAYS);
}
