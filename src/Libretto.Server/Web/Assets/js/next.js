// @ts-check
// <libretto-next>: counts down to the next song and goes there, unless someone stops it or plays on.

export class LibrettoNext extends HTMLElement {
  ticking = 0;

  connectedCallback() {
    let left = Number(this.dataset.seconds);
    /** @type {HTMLElement | null} */ (this.querySelector("[data-go]"))?.focus({ preventScroll: true });
    this.ticking = setInterval(() => {
      // The song that has ended is played once more, or further.
      if (document.querySelector("libretto-player.playing")) return this.#press("[data-stop]");
      left -= 1;
      const shown = this.querySelector("[data-left]");
      if (shown) shown.textContent = String(Math.max(0, left));
      if (left <= 0) this.#press("[data-go]");
    }, 1000);
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
  }

  /** @param {string} what */
  #press(what) {
    clearInterval(this.ticking);
    /** @type {HTMLElement | null} */ (this.querySelector(what))?.click();
  }
}

/** Tells a view when a song has ended. @param {{ invokeMethodAsync(method: string): Promise<any> }} view */
export function open(view) {
  const gone = new AbortController();
  document.addEventListener("libretto-ended", () => view.invokeMethodAsync("Ended"), { signal: gone.signal });
  return { close: () => gone.abort() };
}
