// @ts-check
// The pages beside the studio have the app's theme, and a tab with a name of its own.
document.title = `${element.querySelector(".top").dataset.title} \u00b7 TTS-VAR Explorer`;
window.ttsvar.paint();
window.ttsvar.verbs(element, { theme: window.ttsvar.toggleTheme });
