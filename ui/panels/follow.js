// @ts-check
// Opens the tab that `tabs` names whenever the board shows another state; what a person opened is kept for the visit.
(() => {
  const { contract, tab, tabs, hear, stage } = window.ttsvar;
  const decision = () => stage()?.dataset.decision || "";
  let view = "";

  hear("choice", () => {
    const { run = "", at = "" } = stage()?.dataset || {};
    if (`${run} ${at}` === view) return;
    view = `${run} ${at}`;
    const name = tabs.wanted(decision(), tab.get(contract.storage.tab, ""));
    const found = name && document.querySelector(`#tabs [role=tab][data-tab-id="${name}"]`);
    if (found && found.getAttribute("aria-selected") !== "true") found.click();
  });
  // A click that a script made is nobody's choice.
  document.addEventListener("click", (event) => {
    const opened = event.isTrusted && event.target.closest?.("#tabs [role=tab]")?.dataset.tabId;
    if (opened) tab.set(contract.storage.tab, tabs.own(opened, decision()));
  });
})();
