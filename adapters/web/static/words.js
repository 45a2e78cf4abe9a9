// The page's own words in the reader's language.

export const language = document.documentElement.lang || "en";
// The page's language as it is written where the reader lives: "en" for a Briton is en-GB.
const [base] = language.split("-");
export const locale = navigator.languages.find((each) => each.split("-")[0] === base) ?? base;
let texts = {};

export async function loadWords() {
  const answer = await fetch(`/texts/${encodeURIComponent(language)}.json`);
  if (!answer.ok) throw new Error(`no texts: ${answer.status}`);
  texts = await answer.json();
}

/** Return a text with its {placeholders} filled in. */
export function say(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
