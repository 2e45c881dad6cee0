// What the calculator's form says, as checked parts of a formula.
import { choices } from "./asking.js";
import { OWN, qualities, read, together } from "./choosing.js";
import * as figures from "./figures.js";
import * as parts from "./parts.js";

/** Read an image as it is ordered, by the names of IMGCOST's arguments. */
export function readImage(elements) {
  const { models, ratios, tiers, defaults } = choices();
  const choose = (name, accepted) => read(elements[name], (text) => parts.word(text, accepted));
  const names = models.map((model) => model.id);
  const shapes = ratios.map((row) => row.ratio);
  return together({
    size: elements.size.value === OWN ? ownSize(elements) : choose("size", shapes),
    quality: choose("quality", qualities(elements.model.value)),
    model: choose("model", names),
    n: count(elements.n),
    prompt: count(elements.prompt),
    references: count(elements.references),
    tier: elements.tier.value === defaults.tier ? parts.blank : choose("tier", tiers),
  });
}

/** Read a whole number that may be left out. */
const count = (field) =>
  read(field, async (text) =>
    text.trim() === "" ? parts.blank : parts.number(await figures.whole(field.name, text)),
  );

/** Read a size of two fields, each marked where it is wrong. */
export async function ownSize({ width, height }) {
  const edge = (field) => read(field, (text) => figures.edge(field.name, text));
  const found = await together({ width: edge(width), height: edge(height) });
  return parts.size(found.width, found.height);
}

/** Read finals, retries and buffer. */
export function readPlan({ finals, retries, buffer }) {
  const amount = (field) =>
    read(field, async (text) => parts.number(await figures.amount(field.name, text)));
  const share = async (text) => parts.percent(await figures.share(buffer.name, text));
  return together({
    finals: amount(finals),
    retries: amount(retries),
    buffer: read(buffer, share),
  });
}
