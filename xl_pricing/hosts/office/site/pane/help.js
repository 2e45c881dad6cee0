// Help: what the pane does, every function with its arguments, and what to do when something is odd.
import { choices } from "./asking.js";
import { make } from "./page.js";
import { data, say, spoken } from "./words.js";

const TOPICS = ["start", "cells", "errors", "rates", "private", "keys"];

export function start(element) {
  const topics = TOPICS.flatMap((topic) => [
    make("h2", {}, say(`help.${topic}`)),
    make("p", {}, say(`help.${topic}.text`)),
  ]);
  const functions = choices().functions.map(({ name, signature, doc }) =>
    make(
      "details",
      {},
      make("summary", {}, name),
      make("p", { lang: spoken(doc) }, data(doc)),
      make("code", {}, signature),
    ),
  );
  element.replaceChildren(...topics, make("h2", {}, say("help.functions")), ...functions);
}
