// The class page has the app's theme.
window.ttsvar.paint();
element.addEventListener("click", (event) => {
  if (event.target.closest('[data-do="theme"]')) window.ttsvar.toggleTheme();
});
