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
    layer: () => document.querySelector(".wipe span")?.textContent || "Map",
    toggleTheme() {
      const dark = !document.body.classList.contains("dark");
      document.body.classList.toggle("dark", dark);
      try { localStorage.setItem("ttsvar-theme", dark ? "dark" : "light"); } catch { /* private windows keep no choice */ }
    },
  };
  // One candidate, by name, lights up wherever it is shown; in the scatter by the number of its frame.
  /** @returns {any} Plotly's element, with what Plotly adds to it. */
  const scatter = () => document.querySelector("#plot .js-plotly-plot");
  const frames = () => {
    const names = scatter()?.layout?.meta?.names || [];
    return [...document.querySelectorAll("#plot .shapelayer path")].map((path, i) => [names[i], path]);
  };
  const light = (name) => {
    document.querySelectorAll(".lit").forEach((n) => n.classList.remove("lit"));
    if (!name) return;
    document.querySelectorAll(`[data-name="${CSS.escape(name)}"]`).forEach((n) => n.classList.add("lit"));
    frames().forEach(([whose, path]) => whose === name && path.classList.add("lit"));
  };
  const listen = () => {
    const plot = scatter();
    if (!plot?.on || plot.ttsvarListens) return;
    plot.ttsvarListens = true;
    plot.on("plotly_hover", (e) => light(plot.layout.meta.names[e.points[0].pointIndex]));
    plot.on("plotly_unhover", () => light(""));
  };
  const over = (event) => {
    if (event.target.closest?.("#plot")) return listen();
    light(event.target.closest?.("[data-name]")?.dataset.name);
  };
  document.addEventListener("mouseover", over);
  document.addEventListener("focusin", over);
  document.addEventListener("ttsvar:choice", ({ detail }) => {
    document.querySelectorAll("#why [data-name]").forEach((n) => n.classList.toggle("out", detail[n.dataset.name] === 0));
    frames().forEach(([name, path]) => {
      path.style.strokeDasharray = detail[name] ? "none" : "3px 3px";
      path.style.strokeWidth = detail[name] ? "3.2px" : "1.4px";
    });
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.lang = "en";
    paint();
  });
})();
