// @ts-check
// What is shown while nobody sings: how long it takes until someone does, and the last seconds counted down.

/** @typedef {{ start: number, end: number }} Sung seconds */

const COUNTED = 3; // seconds
const LEAST_PAUSE = 3.2;
// A pause worth a clock of its own.
const LONG_PAUSE = 6;

export class Pauses {
  /** @param {Element} stage @param {Sung[]} words */
  constructor(stage, words) {
    this.stage = stage;
    /** @type {HTMLElement | null} */
    this.countdown = stage.querySelector("[data-countdown]");
    /** @type {HTMLElement | null} */
    this.clock = stage.querySelector("[data-break]");
    this.pauses = Pauses.#of(words);
    this.shown = "";
  }

  /** Stretches without singing, from the first; a countdown always leads to the first word. @param {Sung[]} words */
  static #of(words) {
    const sorted = [...words].sort((one, other) => one.start - other.start), pauses = [];
    let end = 0;
    for (const [i, word] of sorted.entries()) {
      if (word.start > end && (i === 0 || word.start - end >= LEAST_PAUSE)) pauses.push({ from: end, to: word.start, isIntro: i === 0 });
      end = Math.max(end, word.end);
    }
    return pauses;
  }

  /** Shows a moment of the song. @param {number} time seconds @returns {number} when there is something else to show */
  show(time) {
    const pause = this.pauses.find(({ from, to, isIntro }) => time < to && time >= from + (isIntro ? 0 : 0.1));
    const left = pause ? Math.ceil(pause.to - time) : 0;
    const isLong = pause !== undefined && pause.to - pause.from >= LONG_PAUSE && left > COUNTED;
    const shown = `${left} ${isLong} ${pause?.isIntro}`;
    const next = pause ? pause.to - left + 1 : this.pauses.find(({ from }) => from + 0.1 > time)?.from ?? Infinity;
    const change = pause ? Math.min(next, pause.to) : next + 0.1;
    if (shown === this.shown) return change;
    this.shown = shown;
    if (this.countdown) {
      const counted = left >= 1 && left <= COUNTED ? left : 0;
      this.countdown.dataset.left = String(counted);
      this.countdown.hidden = counted === 0;
    }
    if (this.clock) {
      this.clock.hidden = !isLong;
      if (isLong) this.clock.textContent =
          `${pause.isIntro ? "Singing begins" : "Goes on"} in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    }
    this.stage.classList.toggle("intro", isLong && pause.isIntro);
    return change;
  }
}
