// Everything works without this; it starts the NHS's own components.
import { initAll } from "./nhsuk-frontend-10.6.1/nhsuk-frontend.min.js";

initAll();
