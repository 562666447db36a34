// Everything works without this; it starts the NHS's own components.
import { initAll } from "./nhsuk-frontend-10.6.1/nhsuk-frontend.min.js";

initAll();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const way of document.querySelectorAll("[data-leave]")) {
  way.addEventListener("click", (pressed) => {
    pressed.preventDefault();
    document.body.hidden = true;
    location.replace(way.href); // in the place of this page, not after it
  });
}
