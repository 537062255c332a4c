// @ts-check
// What Blazor tells of its connection, in words; and back to the truth as soon as the server answers again.

const ASK_EVERY = 700;

/** Watches the connection to the server. @param {HTMLElement} banner */
export function watchConnection(banner) {
  let asking = 0;
  const stop = () => {
    clearInterval(asking);
    asking = 0;
    banner.hidden = true;
  };
  const ask = async () => {
    const answer = await fetch("health", { cache: "no-store" }).catch(() => null);
    if (!asking || !answer?.ok) return;
    // Either the server still knows this view, or the view starts anew from what the server knows.
    const blazor = /** @type {any} */ (window).Blazor;
    if (await blazor.reconnect().catch(() => false)) stop();
    else location.reload();
  };
  banner.addEventListener("components-reconnect-state-changed", (event) => {
    const { state } = /** @type {CustomEvent} */ (event).detail;
    if (state === "hide") stop();
    else if (state === "rejected" || state === "resume-failed") location.reload();
    else if (!asking) {
      banner.hidden = false;
      asking = setInterval(ask, ASK_EVERY);
    }
  });
}
