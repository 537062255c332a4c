// @ts-check
// What the player keeps in the browser: how someone likes it, how a song is sung, and where it was when its view was left.

const COMMON = "libretto.player";
const PLACE = "libretto.place";
// Milliseconds in which a view that is loaded anew is alive.
const LOADING = 60_000;

/** @param {Storage} storage @param {string} name @returns {Record<string, any>} */
const read = (storage, name) => {
  try {
    return JSON.parse(storage.getItem(name) ?? "{}") ?? {};
  } catch {
    // Whatever else wrote there.
    return {};
  }
};

export class Kept {
  /** @param {string} song what tells it from others */
  constructor(song) {
    this.song = song;
    this.common = read(localStorage, COMMON);
    // Files on a disk share one storage, and each has an address of its own every time: what is theirs alone is not kept.
    this.own = song.startsWith("blob:") ? null : `libretto.song.${song}`;
    this.ours = this.own ? read(localStorage, this.own) : {};
  }

  get offset() {
    return Number(this.common.offset ?? 0);
  }

  get size() {
    return Number(this.common.size ?? 1);
  }

  get twoLines() {
    return this.common.twoLines === true;
  }

  get key() {
    return Number(this.ours.key ?? 0);
  }

  /** A level, 0 to 100, as it was set for this song, else for the last; null where a file says how it begins.
      @param {string} part @returns {string | null} */
  level(part) {
    return this.own ? this.ours[part] ?? this.common[part] ?? null : null;
  }

  /** @param {string} part @param {string} level */
  setLevel(part, level) {
    this.common[part] = level;
    this.ours[part] = level;
    this.#write();
  }

  /** @param {"offset" | "size" | "twoLines" | "key"} name @param {number | boolean} value */
  set(name, value) {
    (name === "key" ? this.ours : this.common)[name] = value;
    this.#write();
  }

  /** Notes where the song is as its view goes away. @param {{ time: number, playing: boolean }} place */
  leave(place) {
    sessionStorage.setItem(PLACE, JSON.stringify({ ...place, song: this.song, view: location.pathname }));
  }

  /** Where it was before the view was loaded anew; null for a view that was opened. @returns {{ time: number, playing: boolean } | null} */
  left() {
    const [navigation] = performance.getEntriesByType("navigation");
    const place = read(sessionStorage, PLACE);
    // A view is put there twice as it is loaded: as the server drew it, and once it is alive.
    const isReload = navigation instanceof PerformanceNavigationTiming && navigation.type === "reload" && performance.now() < LOADING;
    return isReload && place.song === this.song && place.view === location.pathname && place.time > 0 ? /** @type {any} */ (place) : null;
  }

  #write() {
    localStorage.setItem(COMMON, JSON.stringify(this.common));
    if (this.own) localStorage.setItem(this.own, JSON.stringify(this.ours));
  }
}
