// @ts-check
// How opaque the maps are over the pictures; the choice outlives the scale and the page.
const { contract, kept } = window.ttsvar;
let share = Number(kept.get(contract.storage.blend, contract.blend));

function blend() {
  document.documentElement.style.setProperty("--blend", String(share / 100));
  const slider = element.querySelector('[data-do="blend"]');
  if (slider) slider.value = String(share);
}

element.addEventListener("input", (event) => {
  if (event.target.dataset.do !== "blend") return;
  share = Math.min(100, Math.max(0, Number(event.target.value) || 0));
  blend();
  kept.set(contract.storage.blend, String(share));
});
watch("value", blend);
blend();
