// @ts-check
// What a view asks of the server, and is told when the server does not take it: Gradio shows a message for a moment, and
// the view would wait for an answer that never comes.
window.ttsvar.define("requests", (ttsvar) => {
  const FULL = "The server has as many requests as it takes at once. Press again in a moment.";
  const UNREACHABLE = "The server cannot be reached. Press again when it is back.";
  const REFUSED = "The server did not take this. Press again.";
  const LOST = "No answer came. What the server has drawn is kept: press again to see it.";
  const MOST = 64;
  const MISSES = 4;
  /** What to do where a request is refused, by the request's name. @type {Map<string, (why: string) => void>} */
  const asked = new Map();

  /** Trigger an event under a name that never comes again, which is returned; `refused` gets the reason in a sentence. */
  function send(trigger, event, data, refused) {
    const order = ttsvar.order();
    asked.set(order, refused);
    if (asked.size > MOST) asked.delete(asked.keys().next().value || "");
    trigger(event, { ...data, order });
    return order;
  }

  function tell(order, why) {
    const refused = asked.get(order);
    asked.delete(order);
    refused?.(why);
  }

  /** The name of what is asked by a request of Gradio's; empty for every other request. */
  function named(address, body) {
    if (!/\/queue\/join\b/.test(String(address?.url || address)) || typeof body !== "string") return "";
    try { return String(JSON.parse(body).event_data?.order || ""); } catch { return ""; }
  }

  async function reason(response) {
    if (response.status === 503) return FULL;
    try { return (await response.json()).detail || REFUSED; } catch { return REFUSED; }
  }

  /** A fetch that also tells the view whose event was not taken. */
  const watched = (fetch) => async (address, options) => {
    const order = named(address, options?.body);
    if (!order) return fetch(address, options);
    try {
      const response = await fetch(address, options);
      if (response.ok) asked.delete(order);
      else tell(order, await reason(response.clone()));
      return response;
    } catch (error) {
      tell(order, UNREACHABLE);
      throw error;
    }
  };

  /** Whether an answer is lost: the server has told several times in a row that nothing is under way, or nothing. */
  function patience() {
    let missed = 0;
    return (told) => {
      missed = told && !told.over ? 0 : missed + 1;
      return missed < MISSES ? "" : told ? LOST : UNREACHABLE;
    };
  }

  return { send, watched, patience };
});
if (window.fetch) window.fetch = window.ttsvar.requests.watched(window.fetch.bind(window));
