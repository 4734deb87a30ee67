// @ts-check
// Small pieces of text that several scripts put numbers and names into; their twins in Python: ui/shell/text.py.
window.ttsvar.define("text", () => {
  /** "a", "a and b", "a, b and c". */
  const listed = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`);
  /** A reward with its sign, as on a card. */
  const signed = (value) => `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(2)}`;
  /** "c3", or "c3 ×2" where there are several of it. */
  const copies = (name, count) => (count > 1 ? `${name} \u00d7${count}` : name);
  /** A chance as a person reads it: with a decimal where it is small. */
  const percent = (p) => `${(100 * p).toFixed(p >= 0.0005 && p < 0.1 ? 1 : 0)}%`;
  return { listed, signed, copies, percent };
});
