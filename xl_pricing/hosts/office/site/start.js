// Starts the task pane. Where that fails, be it that a file is missing, the page says the way out.
const byId = (id) => document.getElementById(id);

/** Say that there is no start, in the language's words or, where none came, in the page's own. */
function fail(error) {
  byId("starting").hidden = true;
  byId("failed").hidden = false;
  byId("failed-reason").textContent = error.message;
  byId("again").addEventListener("click", () => location.reload());
  byId("again").focus();
}

import("./taskpane.js").then((pane) => pane.start()).catch(fail);
