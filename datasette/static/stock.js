// Says on Datasette's own pages, to those who hear a page, what its templates leave unsaid: where the content is, what a field is for.
window.addEventListener("load", function () {
  "use strict";
  var names = {
    "section.content": ["role", "main"],
    "[name^=_filter_column]": ["aria-label", "Column to filter by"],
    "[name^=_filter_op]": ["aria-label", "How to compare"],
    "[name^=_filter_value]": ["aria-label", "Value to compare with"],
    "#sort_by": ["aria-label", "Sort by"],
    ".cm-content": ["aria-label", "SQL"]
  };
  Object.keys(names).forEach(function (selector) {
    document.querySelectorAll(selector).forEach(function (element) {
      element.setAttribute(names[selector][0], names[selector][1]);
    });
  });
  // A third level follows the first one until there is a second.
  Array.from(document.querySelectorAll("h2, h3")).some(function (heading) {
    if (heading.tagName === "H3") heading.setAttribute("aria-level", "2");
    return heading.tagName === "H2";
  });
});
