// Runs before the views: the chosen theme, and one candidate lighting up everywhere.
(() => {
  const stored = () => { try { return localStorage.getItem("ttsvar-theme"); } catch { return null; } };
  const paint = () => {
    const choice = new URLSearchParams(location.search).get("__theme") || stored();
    if (choice) document.body.classList.toggle("dark", choice === "dark");
  };
  window.ttsvar = {
    paint,
    run: () => document.querySelector(".top")?.dataset.run || "",
    toggleTheme() {
      const dark = !document.body.classList.contains("dark");
      document.body.classList.toggle("dark", dark);
      try { localStorage.setItem("ttsvar-theme", dark ? "dark" : "light"); } catch { /* private windows keep no choice */ }
    },
  };
  const light = (event, on) => {
    const name = event.target.closest?.("[data-name]")?.dataset.name;
    document.querySelectorAll(".lit").forEach((n) => n.classList.remove("lit"));
    if (on && name) document.querySelectorAll(`[data-name="${CSS.escape(name)}"]`).forEach((n) => n.classList.add("lit"));
  };
  document.addEventListener("mouseover", (e) => light(e, true));
  document.addEventListener("focusin", (e) => light(e, true));
  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.lang = "en";
    paint();
  });
})();
