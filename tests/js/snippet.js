import { readFileSync } from "node:fs";

/**
 * Run a view's script as Gradio does, and hand out what it defines.
 *
 * `path` is relative to the repository's root, `names` are of functions or constants in the script, and `given` has the
 * free variables that it reads while it loads: element, watch, ...
 */
export function snippet(path, names, given = {}) {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  return new Function(...Object.keys(given), `${text}\nreturn { ${names.join(", ")} };`)(...Object.values(given));
}

/** The free variables of a script whose element is empty. */
export function empty() {
  const element = { querySelector: () => null, querySelectorAll: () => [], addEventListener: () => undefined };
  return { element, props: {}, server: {}, trigger: () => undefined, watch: () => undefined };
}
