// @ts-check
// What would have been: starts and stops the drawing of those who were dropped.
const run = () => element.querySelector(".others").dataset.run;
let order = "";
window.ttsvar.verbs(element, {
  finish: (b) => {
    b.disabled = true;
    order = window.ttsvar.requests.send(trigger, "finish", { run: run() }, () => { b.disabled = false; });
  },
  stop: (b) => { b.disabled = true; server.stop({ run: run(), order }); },
});
