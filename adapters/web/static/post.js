// One post: a bubble, or a card with its buttons. Redrawn in place, and the button that had the focus keeps it.

import { avatar, botAvatar, el, icon } from "./dom.js";
import { isWebAddress, outwards, paragraphs, startOf } from "./spans.js";
import { time } from "./times.js";
import { say } from "./words.js";

function button(shown, post, page) {
  const style = `button ${shown.style}`;
  const words = el("bdi", { text: shown.label });
  if (shown.url) {
    if (!isWebAddress(shown.url)) return null;
    const start = startOf(shown.url);
    if (!start) return outwards(shown.url, style, words);
    return el("button", { type: "button", class: style, onclick: () => page.start(start) }, words);
  }
  const node = el("button", { type: "button", class: style }, words);
  node.dataset.press = shown.press;
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    await page.act({ type: "press", room: post.room, post: post.id, payload: shown.press });
    node.removeAttribute("aria-busy");
  });
  return node;
}

function picture(shown, page) {
  const address = `/pictures/${shown.digest}.png?as=${encodeURIComponent(page.me)}`;
  return el("figure", { class: "picture" }, el("img", { src: address, alt: shown.alt, width: shown.width, height: shown.height }));
}

function contents(post, page) {
  const { body } = post;
  if ("words" in body) return [el("p", { class: "words", dir: "auto", text: body.words })];
  const parts = [];
  if (body.title) parts.push(el("h3", { class: "post-title", dir: "auto", text: body.title }));
  parts.push(...paragraphs(body.spans, page, body.lang));
  if (body.picture) parts.push(picture(body.picture, page));
  if (body.rows) {
    const rows = body.rows.map((row) => el("div", { class: "row" }, row.map((each) => button(each, post, page))));
    parts.push(el("div", { class: "rows" }, rows));
  }
  return parts;
}

function head(post) {
  const date = time(post.at, "time");
  const who = post.author ? post.name : say("bot");
  return el(
    "header",
    { class: "post-head" },
    el("bdi", { class: "post-name", text: post.mine ? say("you") : who }),
    post.author ? null : el("span", { class: "tag", text: say("bot_tag") }),
    date,
    post.edited ? el("span", { class: "post-edited", text: say("edited") }) : null,
  );
}

/** Draw a post, or draw it anew into the `old` one. `follows`: the one before is by the same person. */
export function drawPost(post, page, follows, old) {
  const node = old ?? el("article", { tabindex: "-1" });
  const rich = !("words" in post.body) && (post.body.title || post.body.rows || post.body.picture);
  const kinds = ["post", post.mine && "mine", !post.author && "of-bot", rich && "card", post.only && "only", follows && "follows"];
  node.className = kinds.filter(Boolean).join(" ");
  node.dataset.post = post.id;
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  const bubble = el(
    "div",
    { class: "bubble" },
    post.only ? el("p", { class: "only-note" }, icon("eye"), say("only_you")) : null,
    contents(post, page),
  );
  if (post.body.lang) bubble.lang = post.body.lang;
  node.replaceChildren(
    el("div", { class: "post-face" }, post.author ? avatar(post.author, post.name) : botAvatar()),
    el("div", { class: "post-body" }, head(post), bubble),
  );
  if (focused) refocus(node, focused);
  return node;
}

function refocus(node, before) {
  const buttons = [...node.querySelectorAll("button, a")];
  const same = buttons.find((each) => before.dataset.press && each.dataset.press === before.dataset.press);
  const alike = buttons.find((each) => each.textContent === before.textContent);
  (same ?? alike ?? buttons[0] ?? node).focus({ preventScroll: true });
}

/** Draw what was sent and not acknowledged yet. */
export function drawUnsent(frame) {
  const words = frame.type === "run" ? `/${frame.command} ${frame.words}` : frame.words;
  return el(
    "article",
    { class: "post mine unsent" },
    el("div", { class: "post-body" }, el("div", { class: "bubble" }, el("p", { class: "words", dir: "auto", text: words })), el("span", { class: "post-edited", text: say("sending") })),
  );
}
