// Tabs as the ARIA practices describe them: arrows, Home and End move, the chosen one is in the tab order.
const tabs = () => [...document.querySelectorAll("[role=tab]")];

/** Show one panel, and call what waits for it. */
export function show(name, { focus = false } = {}) {
  for (const tab of tabs()) {
    const chosen = tab.getAttribute("aria-controls") === name;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    if (chosen && focus) tab.focus();
  }
}

const moves = { ArrowRight: (i) => i + 1, ArrowLeft: (i) => i - 1, Home: () => 0, End: () => -1 };

export function start(name) {
  const all = tabs();
  for (const [i, tab] of all.entries()) {
    tab.addEventListener("click", () => show(tab.getAttribute("aria-controls")));
    tab.addEventListener("keydown", (event) => {
      if (!(event.key in moves)) return;
      event.preventDefault();
      show(all.at(moves[event.key](i) % all.length).getAttribute("aria-controls"), { focus: true });
    });
  }
  show(name);
}
