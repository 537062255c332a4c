// @ts-check
// What Blazor tells of its connection, in words; and back to the truth as soon as the server answers again.

const ASK_EVERY = 700;
const LOST = "The connection was lost. What you see is from before; connecting again …";
const BACK = "The server is back. This view is loaded anew as soon as the song stops.";

/** What must not be cut short: a song that plays, a file on its way. */
const isBusy = () => document.querySelector("libretto-player.playing, [data-busy]") !== null;

/** Loads the view anew, once all who keep something for it have done so. */
async function loadAnew() {
  /** @type {Promise<any>[]} */
  const keeping = [];
  document.dispatchEvent(new CustomEvent("libretto-leave", { detail: (/** @type {Promise<any>} */ kept) => keeping.push(kept) }));
  await Promise.allSettled(keeping);
  location.reload();
}

/** Watches the connection to the server. @param {HTMLElement} banner */
export function watchConnection(banner) {
  const text = /** @type {HTMLElement} */ (banner.querySelector("[data-reconnect-text]"));
  const now = /** @type {HTMLButtonElement} */ (banner.querySelector("[data-reconnect-now]"));
  let asking = 0, isOver = false;
  now.addEventListener("click", loadAnew);
  const stop = () => {
    clearInterval(asking);
    asking = 0;
    banner.hidden = true;
  };
  // The server knows nothing of this view any more.
  const renew = () => {
    if (isOver) return;
    isOver = true;
    clearInterval(asking);
    if (!isBusy()) return void loadAnew();
    text.textContent = BACK;
    now.hidden = banner.hidden = false;
    const waiting = setInterval(() => {
      if (isBusy()) return;
      clearInterval(waiting);
      loadAnew();
    }, ASK_EVERY);
  };
  const ask = async () => {
    const answer = await fetch("health", { cache: "no-store" }).catch(() => null);
    if (!asking || isOver || !answer?.ok) return;
    // Either the server still knows this view, or the view starts anew from what the server knows.
    const blazor = /** @type {any} */ (window).Blazor;
    if (await blazor.reconnect().catch(() => false)) stop();
    else renew();
  };
  banner.addEventListener("components-reconnect-state-changed", (event) => {
    const { state } = /** @type {CustomEvent} */ (event).detail;
    if (isOver) return;
    if (state === "hide") stop();
    else if (state === "rejected" || state === "resume-failed") renew();
    else if (!asking) {
      text.textContent = LOST;
      banner.hidden = false;
      asking = setInterval(ask, ASK_EVERY);
    }
  });
}
