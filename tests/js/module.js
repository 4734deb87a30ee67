import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);

/** What ui/shell/contract.py tells the scripts, as far as modules read it. */
export const contract = { mostCopies: 16, marks: ["cluster", "resample"] };

/** Load a module of the page, and those that it builds on, without a page: paths are relative to the repository's root. */
export function load(...paths) {
  const ttsvar = { contract, define: (name, make) => { ttsvar[name] = make(ttsvar); } };
  for (const path of paths) new Function("window", readFileSync(new URL(path, root), "utf8"))({ ttsvar });
  return ttsvar;
}
