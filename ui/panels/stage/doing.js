// @ts-check
// What is under way in words, from what the server tells of it.
window.ttsvar.define("doing", () => {
  const WORDS = { transformer: "drawing", decode: "decoding", features: "looking at", reward: "judging", selection: "choosing from" };

  // The machine is shared chunk by chunk: with so many others each step takes as many times longer.
  const sharing = (others) => (others > 0 ? `, by turns with ${others} other${others === 1 ? "" : "s"}` : "");

  // One sentence; empty where nothing is told, so that what stands there stays.
  function told({ scale = 0, part = "", items = 0, others = 0, ahead = 0 }) {
    if (part) return `Scale ${Number(scale)}: ${WORDS[part] || part} ${Number(items)} candidate${Number(items) === 1 ? "" : "s"}${sharing(Number(others))}`;
    return Number(ahead) > 0 ? `Number ${Number(ahead)} in the queue` : "";
  }

  return { told };
});
