// A note or a correction that is typed and not saved is lost with the page, whatever leads away from it: a key, another
// form, a link. The browser asks first. Sending a form takes its own words along, and asks only for those of others.
"use strict";

(() => {
  const typed = new Set();

  document.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea")) return;
    if (target.value.trim() === target.defaultValue.trim()) typed.delete(target);
    else typed.add(target);
  });

  let sent;
  document.addEventListener("submit", ({ target }) => (sent = target));

  addEventListener("beforeunload", (event) => {
    const lost = [...typed].some((field) => field.form !== sent && field.value.trim());
    sent = undefined;
    if (lost) event.preventDefault();
  });
})();
