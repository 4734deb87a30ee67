// The pages beside the studio have the app's theme.
window.ttsvar.paint();
element.addEventListener("click", (event) => {
  if (event.target.closest('[data-do="theme"]')) window.ttsvar.toggleTheme();
});
