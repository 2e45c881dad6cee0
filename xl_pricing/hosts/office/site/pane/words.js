// The page's words, one table a language; a key that is missing is an error, not English.
let lang = "en";
let table = { says: {}, data: {} };

/** Load the words of the language that Office speaks: Chinese for any kind of it, else English. */
export async function load(displayed) {
  lang = /^zh\b/i.test(displayed) ? "zh-CN" : "en";
  const answer = await fetch(`words/${lang}.json`);
  if (!answer.ok) throw new Error(`words/${lang}.json is missing (${answer.status})`);
  table = { data: {}, ...(await answer.json()) };
  document.documentElement.lang = lang;
  for (const element of document.querySelectorAll("[data-say]"))
    element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-label]"))
    element.setAttribute("aria-label", say(element.dataset.label));
}

/** Return a text with its {places} filled in. */
export function say(key, values = {}) {
  const text = table.says[key];
  if (text === undefined) throw new Error(`no word for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Return a text of the rate card in this language, where it has one. */
export const data = (text) => table.data[text] ?? text;

/** Return the language's tag of a text of the rate card, for screen readers. */
export const spoken = (text) => (data(text) === text ? "en" : lang);

const formats = new Map();

/** Return a format of the language; each is made once, for that takes longer than its use. */
function format(Kind, options) {
  const name = Kind.name + JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new Kind(lang, options));
  return formats.get(name);
}

export const number = (value, digits = 6) =>
  format(Intl.NumberFormat, { maximumFractionDigits: digits }).format(value);

const CENTS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/** Write USD: cents from a dollar on, below it so many digits that something is seen. */
export const usd = (value) =>
  format(Intl.NumberFormat, value >= 1 ? CENTS : { maximumSignificantDigits: 5 }).format(value);

export const day = (iso) =>
  format(Intl.DateTimeFormat, { dateStyle: "medium", timeZone: "UTC" }).format(
    new Date(`${iso}T00:00Z`),
  );

/** Write an age in days: today, yesterday, 4 days ago. */
export const age = (days) =>
  format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(-days, "day");
