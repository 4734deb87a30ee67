// @ts-check
// Example prompts.
element.addEventListener("click", (event) => {
  const prompt = event.target.closest("[data-prompt]")?.dataset.prompt;
  if (prompt) trigger("choose", { name: prompt });
});
