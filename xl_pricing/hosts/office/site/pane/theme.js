// Light or dark: Office's own theme where it tells one, else the system's, by the style sheet.
const colour = () => globalThis.Office?.context?.officeTheme?.bodyBackgroundColor;

const isDark = (hex) =>
  [1, 3, 5].reduce((sum, i) => sum + parseInt(hex.slice(i, i + 2), 16), 0) < 3 * 128;

/** Take over the theme as it is now. */
export function look() {
  const { dataset } = document.documentElement;
  const found = colour();
  if (/^#[\da-f]{6}$/i.test(found)) dataset.theme = isDark(found) ? "dark" : "light";
  else delete dataset.theme;
}

/** Take over the theme, now and later. Excel tells of no change: the pane looks when it is used. */
export function follow() {
  look();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", look);
  document.addEventListener("visibilitychange", look);
  document.documentElement.addEventListener("pointerenter", look);
  window.addEventListener("focus", look);
}
