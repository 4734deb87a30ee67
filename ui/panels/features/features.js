// How opaque the maps are over the pictures; the choice outlives the scale and the page.
let share = 60;
try { share = Number(localStorage.getItem("ttsvar-blend") ?? 60); } catch { /* the default */ }

function blend() {
  document.documentElement.style.setProperty("--blend", String(share / 100));
  const slider = element.querySelector('[data-do="blend"]');
  if (slider) slider.value = String(share);
}

element.addEventListener("input", (event) => {
  if (event.target.dataset.do !== "blend") return;
  share = Math.min(100, Math.max(0, Number(event.target.value) || 0));
  blend();
  try { localStorage.setItem("ttsvar-blend", String(share)); } catch { /* only for now */ }
});
watch("value", blend);
blend();
