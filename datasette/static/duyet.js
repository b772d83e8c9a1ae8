// One key presses one button of the review page; without this file the buttons work all the same.
(function () {
  "use strict";
  var pressed = false;
  window.addEventListener("pageshow", function () { pressed = false; });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing || pressed) return;
    var within = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (within) {
      if (event.key === "Escape") within.blur();
      return;
    }
    var found = document.querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!found) return;
    event.preventDefault();
    if (found.matches("textarea")) { found.focus(); return; }
    pressed = true;
    found.click();
  });
})();
