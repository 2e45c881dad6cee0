// The fields that forms share, and reading any field.
import { choices } from "./asking.js";
import { fill, make } from "./page.js";
import { Refused } from "./parts.js";
import { data, day, say } from "./words.js";

export const OWN = "own";

/** Fill the lists of models and qualities; a model offers the qualities that it has a price for. */
export function offerModels({ model, quality }) {
  const { models, defaults } = choices();
  const texts = models.map((each) => [each.id, modelText(each)]);
  fill(model, texts, defaults.model);
  const offered = () => {
    const words = qualities(model.value).map((word) => [word, say(`quality.${word}`)]);
    fill(quality, words, quality.value || defaults.quality);
  };
  model.addEventListener("change", offered);
  offered();
}

export const qualities = (id) => choices().models.find((model) => model.id === id).qualities;

const modelText = ({ id, shuts_down: ends }) =>
  ends ? say("model.ends", { id, day: day(ends) }) : id;

export const ratioTexts = () =>
  choices().ratios.map(({ ratio, use }) => [ratio, say("size.ratio", { ratio, use: data(use) })]);

export const destinationTexts = () =>
  choices().destinations.map(({ name, size }) => [
    name,
    say("size.destination", { place: data(name), size: size.replace("x", " × ") }),
  ]);

/** Read a field; what is refused names it, marks it, and is told where the answer stands. */
export async function read(field, reader) {
  try {
    const found = await reader(field.value);
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    return found;
  } catch (refused) {
    if (refused instanceof Refused) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", field.form.dataset.answer);
      refused.field ??= field.closest("label").querySelector("span").textContent;
    }
    throw refused;
  }
}

/** Wait for what is read, by its names; all that is refused is thrown together. */
export async function together(readings) {
  const settled = await Promise.allSettled(Object.values(readings));
  const thrown = settled.filter((each) => each.status === "rejected").map((each) => each.reason);
  const [first = null] = thrown.filter((error) => !(error instanceof Refused)).concat(thrown);
  if (first instanceof Refused) first.all = thrown.flatMap((refused) => refused.all);
  if (first) throw first;
  return Object.fromEntries(Object.keys(readings).map((name, i) => [name, settled[i].value]));
}

/** Say what is wrong with what was typed, one sentence a field. */
export const refusals = ({ all }) =>
  all.map(({ key, values, field }) =>
    make("p", { class: "bad" }, say("refused", { field, sentence: say(key, values) })),
  );
