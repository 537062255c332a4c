// @ts-check
// Edits of a song that were never saved, as the browser keeps them: each window its own, so that none loses another's.

/** @typedef {{ tag: string, json: string, at: number }} Draft what it was made from, the lyrics, and when */

export class Drafts {
  /** @param {string} song its id */
  constructor(song) {
    this.prefix = `libretto.draft.${song}.`;
    this.key = this.prefix + Math.random().toString(36).slice(2);
    this.offered = "";
    // Held for as long as this window is open: a draft without its holder is one that was left behind.
    navigator.locks?.request(this.key, () => new Promise((end) => (this.end = end)));
  }

  /** Keeps a draft; false where the browser has no room for it. @param {string} tag @param {string} json */
  keep(tag, json) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ tag, json, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  /** The latest that was left behind, whatever was saved since. @returns {Promise<Draft | null>} */
  async find() {
    const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name));
    const drafts = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix) && !held.has(key))
      .map((key) => ({ key, draft: /** @type {Draft} */ (JSON.parse(localStorage.getItem(key) ?? "{}")) }))
      .sort((one, other) => other.draft.at - one.draft.at);
    this.offered = drafts[0]?.key ?? "";
    return drafts[0]?.draft ?? null;
  }

  /** What this window kept is saved. */
  forget() {
    localStorage.removeItem(this.key);
  }

  /** What was offered is wanted no more, or is this window's now. */
  drop() {
    localStorage.removeItem(this.offered);
  }

  close() {
    this.end?.(undefined);
  }
}
