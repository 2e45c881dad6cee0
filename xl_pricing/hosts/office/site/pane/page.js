// Making parts of the page. Text is always text: nothing is read as HTML.

/** Make an element; attributes of undefined are left out, children are elements or text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Put options, [value, text] each, into a list; what was chosen stays where it is still there. */
export function fill(select, options, chosen = select.value) {
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

/** Return a function that waits until nothing was typed for a moment; the last call wins. */
export function calmed(work, milliseconds = 120) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}

/** Return a function that tells whether it is still the latest of its kind: old answers are dropped. */
export function latest() {
  let number = 0;
  return () => {
    const mine = ++number;
    return () => mine === number;
  };
}
