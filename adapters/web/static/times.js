// Instants as the reader's own clock shows them.

import { el } from "./dom.js";
import { locale, say } from "./words.js";

const DAY = 86400000;
let ahead = 0; // how far the bot's clock is ahead of this machine's, in milliseconds
let zone; // undefined: the browser's own
let formats = {};

const KINDS = {
  full: { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" },
  years: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" },
  date: { weekday: "long", day: "numeric", month: "long" },
  wall: { dateStyle: "short", timeStyle: "short" },
  time: { hour: "numeric", minute: "2-digit" },
  exact: { dateStyle: "full", timeStyle: "long" },
  key: { year: "numeric", month: "2-digit", day: "2-digit" },
};
for (const kind of ["full", "years"]) KINDS[`${kind} named`] = { ...KINDS[kind], timeZoneName: "short" };

/** A language as it is written where the reader lives, where that is known. */
function written(language) {
  return !language || locale.split("-")[0] === language.split("-")[0] ? locale : language;
}

function format(kind, language) {
  const own = written(language);
  const key = `${own} ${kind}`;
  formats[key] ??= new Intl.DateTimeFormat(own, { ...KINDS[kind], timeZone: zone });
  return formats[key];
}

export function browserZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

export function useZone(name) {
  zone = undefined;
  formats = {};
  if (!name) return;
  try {
    new Intl.DateTimeFormat(locale, { timeZone: name });
    zone = name;
  } catch {
    // A zone that this browser has never heard of: its own is the best there is.
  }
}

/** Take the bot's present: the page's clock runs on from there. */
export function setNow(instant) {
  ahead = Date.parse(instant) - Date.now();
}

export function now() {
  return new Date(Date.now() + ahead);
}

/** Say whether the clocks in another zone show something else at that instant than the reader's. */
function elsewhere(date, other) {
  if (!other) return false;
  try {
    return new Intl.DateTimeFormat(locale, { ...KINDS.wall, timeZone: other }).format(date) !== format("wall").format(date);
  } catch {
    return true; // A zone that this browser has never heard of.
  }
}

/** A date in full, with the reader's zone where those whom it is about, in the zone `other`, have other clocks. */
export function inFull(date, language, other = "") {
  const kind = date.getFullYear() === now().getFullYear() ? "full" : "years";
  return format(elsewhere(date, other) ? `${kind} named` : kind, language).format(date);
}

export function dayKey(date) {
  return format("key").format(date);
}

export function dayName(date) {
  if (dayKey(date) === dayKey(now())) return say("today");
  if (dayKey(date) === dayKey(new Date(now() - DAY))) return say("yesterday");
  return format("date").format(date);
}

const STEPS = [["year", 365 * DAY], ["month", 30 * DAY], ["week", 7 * DAY], ["day", DAY], ["hour", DAY / 24], ["minute", 60000]];

function relative(date, language) {
  const own = written(language);
  const away = date - now();
  for (const [unit, length] of STEPS) {
    // Nearly a day is a day. "Tomorrow" would be wrong when that is the day after the next midnight.
    if (Math.abs(away) >= length * 0.98) return new Intl.RelativeTimeFormat(own).format(Math.round(away / length), unit);
  }
  return new Intl.RelativeTimeFormat(own, { numeric: "auto" }).format(0, "second");
}

function shown(date, shape, language, other) {
  if (shape === "relative") return relative(date, language);
  if (shape === "date" || shape === "time") return format(shape, language).format(date);
  return inFull(date, language, other);
}

/** Draw an instant as `language` writes it, the page's own if none is said; its whole truth, zone included, is in the title. `other` is the zone of those whom it is about. */
export function time(instant, shape = "full", language = "", other = "") {
  const date = new Date(instant);
  const node = el("time", { datetime: instant, title: format("exact", language).format(date), text: shown(date, shape, language, other) });
  node.dataset.shape = shape;
  node.dataset.language = language;
  return node;
}

/** Bring "in 2 days" up to date. */
export function refresh() {
  for (const node of document.querySelectorAll('time[data-shape="relative"]')) {
    const words = relative(new Date(node.dateTime), node.dataset.language);
    if (node.textContent !== words) node.textContent = words;
  }
}
