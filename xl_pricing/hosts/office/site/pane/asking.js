// Asking the functions, by way of the page's worker.

/** An answer that is an error: what a cell shows, and why. */
export class Told extends Error {
  constructor({ error, reason }) {
    super(reason);
    this.cell = error;
  }
}

/** Answer a cell function, or a question of the pane; an error is thrown with its reason. */
export async function ask(name, args = []) {
  const answer = await window.pricing.call(name, args);
  if (answer?.error && answer.reason) throw new Told(answer);
  return answer;
}

let chosen;

/** Keep what may be chosen; it is asked for once, when Python has started. */
export const keep = (choices) => {
  chosen = choices;
};
export const choices = () => chosen;

/** Return a function's name, help, signature and names of arguments. */
export const declared = (name) => chosen.functions.find((each) => each.name === name);
