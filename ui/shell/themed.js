// @ts-check
// The pages beside the studio have the app's theme.
window.ttsvar.paint();
window.ttsvar.verbs(element, { theme: window.ttsvar.toggleTheme });
