// Nodes made by hand: what people wrote only ever becomes text nodes.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `on…` properties listen, `class` and `text` do as they say, true and false switch attributes. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else if (name === "value") node.value = value;
    else node.setAttribute(name === "class" ? "class" : name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SHAPES = {
  menu: "M4 6.5h16M4 12h16M4 17.5h16",
  send: "M4 12 20 4.5 15.5 20l-4-6.5zM11.5 13.5 20 4.5",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6",
  lock: "M6 10.5h12v9H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5",
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2",
  slash: "M15.5 4.5l-7 15",
  out: "M13 5h6v6M19 5l-8.5 8.5M10 6H5v13h13v-5",
  check: "M5 12.5l4.5 4.5L19 7",
  warn: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.3",
};

/** Draw one of our icons; it says nothing, so whatever it stands on needs words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

const TONES = 8;

function initials(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0]).join("").toLocaleUpperCase() || "?";
}

/** Draw a person's initials on a colour of their own. */
export function avatar(user, name) {
  let sum = 0;
  for (const letter of user) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return el("span", { class: `avatar tone-${sum % TONES}`, "aria-hidden": "true", text: initials(name) });
}

export function botAvatar() {
  return el("img", { class: "avatar", src: "/static/icon.svg", alt: "", width: "36", height: "36" });
}

let last = 0;

/** Return an id that nothing else on the page has. */
export function fresh(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/** Say something to those who listen instead of looking. */
export function announce(words) {
  const place = document.getElementById("announcer");
  const line = el("p", { text: words });
  place.append(line);
  setTimeout(() => line.remove(), 8000);
}
