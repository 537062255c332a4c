// @ts-check
// What the system does while a song plays: the screen stays on, and its media keys and lock screen know the song.

/** @typedef {{ playing: boolean, toggle(): void, jump(seconds: number): void, place(): { position: number, duration: number,
    playbackRate: number }, title: string, artist: string }} Played */

export class Awake {
  /** @param {Played} played @param {AbortSignal} signal */
  constructor(played, signal) {
    this.played = played;
    /** @type {WakeLockSentinel | null} */
    this.lock = null;
    this.isWanted = false;
    // A screen that was off, or a window that was hidden, has let go.
    document.addEventListener("visibilitychange", () => this.#hold(), { signal });
    signal.addEventListener("abort", () => this.close());
  }

  /** Told whenever the song starts, stops or goes elsewhere. */
  changed() {
    this.isWanted = this.played.playing;
    this.#hold();
    this.#tell();
  }

  close() {
    this.isWanted = false;
    this.#hold();
    if (navigator.mediaSession) navigator.mediaSession.metadata = null;
  }

  /** Holds the screen, or lets go of it. Browsers have this at secure addresses only; elsewhere the screen does as it does. */
  async #hold() {
    if (!this.isWanted) {
      await this.lock?.release();
      this.lock = null;
    } else if (document.visibilityState === "visible" && (!this.lock || this.lock.released)) {
      const lock = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
      // It may have stopped meanwhile.
      if (this.isWanted) this.lock = lock;
      else await lock?.release();
    }
  }

  #tell() {
    const session = navigator.mediaSession;
    if (!session) return;
    const { played } = this, { position, duration, playbackRate } = played.place();
    session.metadata ??= new MediaMetadata({ title: played.title, artist: played.artist });
    session.playbackState = played.playing ? "playing" : "paused";
    for (const action of /** @type {const} */ (["play", "pause"])) session.setActionHandler(action, () => played.toggle());
    session.setActionHandler("seekbackward", () => played.jump(played.place().position - 5));
    session.setActionHandler("seekforward", () => played.jump(played.place().position + 5));
    session.setActionHandler("seekto", (wish) => played.jump(wish.seekTime ?? 0));
    if (duration > 0) session.setPositionState({ duration, playbackRate, position: Math.min(position, duration) });
  }
}
