// Sizes by destination: which legal size to generate, what it costs, and what to do with it then.
import { ask, choices } from "./asking.js";
import { take } from "./calculator.js";
import { destinationTexts, offerModels, OWN, refusals } from "./choosing.js";
import { ownSize } from "./job.js";
import { reasonText } from "./lines.js";
import { calmed, fill, latest, make } from "./page.js";
import { Refused } from "./parts.js";
import { show } from "./tabs.js";
import { number, say, usd } from "./words.js";

const form = () => document.querySelector("#sizes form");
const ticket = latest();

export function start() {
  const { elements } = form();
  offerModels(elements);
  fill(elements.destination, [...destinationTexts(), [OWN, say("size.own")]], "portrait post");
  form().addEventListener("input", calmed(find));
  form().addEventListener("submit", (event) => event.preventDefault());
  return find();
}

async function find() {
  const isLatest = ticket();
  const { elements } = form();
  form().querySelector(".own").hidden = elements.destination.value !== OWN;
  const cards = await found(elements).catch((error) =>
    error instanceof Refused ? refusals(error) : [reasonText(error)],
  );
  if (isLatest()) document.getElementById("found").replaceChildren(...cards);
}

async function found(elements) {
  const { value: place } = elements.destination;
  const delivered =
    place === OWN
      ? (await ownSize(elements)).value
      : choices().destinations.find((row) => row.name === place).size;
  const [model, quality] = [elements.model.value, elements.quality.value];
  const sizes = await ask("pane.sizes", [delivered, model, quality]);
  return sizes.map((choice) => card(choice, { model, quality }));
}

function card(choice, { model, quality }) {
  const size = choice.size.replace("x", " × ");
  const use = () => {
    take({ size: choice.size, model, quality });
    show("calculator", { focus: true });
  };
  return make(
    "article",
    { class: "card" },
    make(
      "header",
      {},
      make("h3", {}, say("sizes.generate", { size })),
      make("span", { class: "tag" }, choice.is_cheaper ? say("sizes.cheaper") : ""),
    ),
    choice.usd === null
      ? reasonText({ message: choice.refusal })
      : make("p", {}, say("sizes.price", { usd: usd(choice.usd) })),
    make("p", { class: "quiet then" }, then(choice)),
    make(
      "button",
      { type: "button", class: "plain", onclick: use, "aria-label": say("sizes.use", { size }) },
      say("sizes.take"),
    ),
  );
}

/** Say what is to be done with the image that was generated. */
function then({ scale, crop_width_px: width, crop_height_px: height }) {
  const cuts = [
    ["then.width", width],
    ["then.height", height],
  ]
    .filter(([, px]) => px)
    .map(([key, px]) => say(key, { px }));
  const crop = cuts.length ? say("then.crop", { cuts: cuts.join(say("then.and")) }) : "";
  const scaled =
    scale === 1
      ? ""
      : say(scale > 1 ? "then.enlarge" : "then.scale", { percent: number(100 * scale, 1) });
  return [scaled, crop].filter(Boolean).join(say("then.next")) || say("then.nothing");
}
