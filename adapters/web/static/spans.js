// Spans become nodes. People's words are text, in their own direction.

import { el, icon } from "./dom.js";
import { time } from "./times.js";
import { say } from "./words.js";

export function isWebAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address, location.href).protocol);
  } catch {
    return false;
  }
}

/** Return the payload of one of our own start links, null for any other address. */
export function startOf(address) {
  const url = new URL(address, location.href);
  const found = /^\/start\/([A-Za-z0-9_-]{1,64})$/.exec(url.pathname);
  return found && url.host === location.host ? found[1] : null;
}

function link(words, address, page) {
  if (!isWebAddress(address)) return document.createTextNode(words);
  const start = startOf(address);
  if (start) return el("a", { href: address, text: words, onclick: (event) => { event.preventDefault(); page.start(start); } });
  return outwards(address, "link", el("bdi", { text: words }));
}

/** Make a link that opens beside the page, and says so. */
export function outwards(address, style, ...contents) {
  const note = el("span", { class: "unseen", text: ` (${say("opens_page")})` });
  return el("a", { class: style, href: address, target: "_blank", rel: "noopener noreferrer" }, contents, icon("out"), note);
}

function node(span, page, language) {
  if ("bold" in span) return el("strong", { text: span.bold });
  if ("typed" in span) return el("code", { dir: "ltr", text: span.typed });
  if ("moment" in span) return time(span.moment, span.shape, language, span.zone);
  if ("mention" in span) {
    return el("bdi", { class: span.users.includes(page.me) ? "mention mention-me" : "mention", text: span.mention });
  }
  if ("link" in span) return link(span.link, span.url, page);
  return document.createTextNode("");
}

/** Draw spans as paragraphs: a blank line parts them, a newline breaks the line. */
export function paragraphs(spans, page, language) {
  const out = [el("p", { dir: "auto" })];
  for (const span of spans) {
    if (typeof span !== "string") {
      out.at(-1).append(node(span, page, language));
      continue;
    }
    span.split(/\n{2,}/).forEach((part, index) => {
      if (index) out.push(el("p", { dir: "auto" }));
      if (part) out.at(-1).append(part);
    });
  }
  return out.filter((paragraph) => paragraph.textContent.trim());
}

/** Return the bare words of a post: for those who listen. */
export function plain(body) {
  if ("words" in body) return body.words;
  const spans = body.spans.map((span) => {
    if (typeof span === "string") return span;
    if ("moment" in span) return time(span.moment, span.shape, body.lang, span.zone).textContent;
    return span.bold ?? span.typed ?? span.mention ?? span.link ?? "";
  });
  return [body.title, spans.join(""), body.picture?.alt].filter(Boolean).join(". ");
}
