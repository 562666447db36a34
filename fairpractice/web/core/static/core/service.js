// Everything works without this; it starts the NHS's own components.
window.NHSUKFrontend.initAll();
