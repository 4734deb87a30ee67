// @ts-check
// Going back to a computed scale; the current one stays in view.
element.addEventListener("click", (event) => {
  const at = event.target.closest("[data-go]")?.dataset.go;
  if (at) trigger("rewind", { run: window.ttsvar.run(), at });
});

function centre() {
  const strip = element.querySelector(".step");
  const now = element.querySelector(".now");
  if (strip && now && strip.scrollWidth > strip.clientWidth) {
    strip.scrollTo({ left: now.offsetLeft - strip.clientWidth / 2 + now.offsetWidth / 2, behavior: "instant" });
  }
}
watch("value", centre);
// Also where the strip gets its width, or another one.
new ResizeObserver(centre).observe(element);
