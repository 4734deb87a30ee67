// @ts-check
// What would have been: starts and stops the drawing of those who were dropped.
const run = () => element.querySelector(".others").dataset.run;
let order = "";
window.ttsvar.verbs(element, {
  finish: (b) => {
    b.disabled = true;
    order = window.ttsvar.order();
    trigger("finish", { run: run(), order });
  },
  stop: (b) => { b.disabled = true; server.stop({ run: run(), order }); },
});
