// @ts-check
// Runs before the views: what their scripts share, the chosen theme, and one candidate lighting up everywhere.
(() => {
  /** @type {any} */
  const ttsvar = {};
  window.ttsvar = ttsvar;

  // What Python and the scripts agree on: ui/shell/contract.py.
  const contract = JSON.parse(document.querySelector("#contract")?.textContent || "{}");
  ttsvar.contract = contract;

  // A module is a file of functions that need no page: define("name", () => ({ ... })) makes it ttsvar.name.
  ttsvar.define = (name, make) => { ttsvar[name] = make(ttsvar); };

  // What a browser keeps; a private window may refuse, and then it is kept for no longer than the page.
  const keeper = (storage) => ({
    get(key, otherwise) { try { return storage().getItem(key) ?? otherwise; } catch { return otherwise; } },
    set(key, value) { try { storage().setItem(key, value); } catch { /* it lasts as long as the page */ } },
    remove(key) { try { storage().removeItem(key); } catch { /* nothing was kept */ } },
  });
  ttsvar.kept = keeper(() => localStorage);
  ttsvar.tab = keeper(() => sessionStorage);

  // Messages between views, and the buttons that send them: see MESSAGES in the contract.
  ttsvar.tell = (message, detail = {}) => document.dispatchEvent(new CustomEvent(`ttsvar:${message}`, { detail }));
  ttsvar.hear = (message, then) => document.addEventListener(`ttsvar:${message}`, ({ detail }) => then(detail));
  ttsvar.verbs = (view, own) => view.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || !view.contains(button)) return;
    const verb = button.dataset.do;
    if (own[verb]) own[verb](button, event);
    else if (contract.messages.includes(verb)) ttsvar.tell(verb, { button, event });
  });

  // The first element of a selector, now or once it is on the page.
  ttsvar.appears = (selector) => new Promise((resolve) => {
    const found = document.querySelector(selector);
    if (found) { resolve(found); return; }
    const watcher = new MutationObserver(() => {
      const late = document.querySelector(selector);
      if (!late) return;
      watcher.disconnect();
      resolve(late);
    });
    watcher.observe(document.documentElement, { childList: true, subtree: true });
  });

  // A name for something that is asked, which never comes again.
  ttsvar.order = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

  ttsvar.stage = () => document.querySelector("#stage .stage");
  ttsvar.run = () => document.querySelector(".top")?.dataset.run || "";
  ttsvar.layer = () => document.querySelector(".maps-switch span")?.textContent || "Map";
  ttsvar.still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  ttsvar.paint = () => {
    const choice = new URLSearchParams(location.search).get("__theme") || ttsvar.kept.get(contract.storage.theme, null);
    if (choice) document.body.classList.toggle("dark", choice === "dark");
  };
  ttsvar.toggleTheme = () => {
    const dark = !document.body.classList.contains("dark");
    document.body.classList.toggle("dark", dark);
    ttsvar.kept.set(contract.storage.theme, dark ? "dark" : "light");
  };

  // One candidate, by name, lights up wherever it is shown.
  const light = (name) => {
    document.querySelectorAll(".lit").forEach((n) => n.classList.remove("lit"));
    if (!name) return;
    document.querySelectorAll(`[data-name="${CSS.escape(name)}"]`).forEach((n) => n.classList.add("lit"));
  };
  const over = (event) => light(event.target.closest?.("[data-name]")?.dataset.name);
  document.addEventListener("mouseover", over);
  document.addEventListener("focusin", over);
  ttsvar.hear("choice", (counts) => {
    document.querySelectorAll("#why [data-name]").forEach((n) => n.classList.toggle("out", counts[n.dataset.name] === 0));
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.lang = "en";
    ttsvar.paint();
  });
})();
