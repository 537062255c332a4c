// @ts-check
// Lights up words as they are sung. Knows the words' times and nothing of sound: it is told the time, frame by frame.

/** @typedef {{ start: number, end: number, reach: number }} Syllable seconds; how far into its word it reaches, 0 to 1 */
/** @typedef {{ element: HTMLElement, start: number, end: number, line: number, syllables: Syllable[] }} Word */

const COUNTDOWN_GAP = 3.2;
const COUNTDOWN_STEPS = 3;

/** A word's syllables: "start end percent" each, parted by commas. @param {HTMLElement} word @returns {Syllable[]} */
const syllablesOf = (word) => (word.dataset.syllables ?? "").split(",").filter(Boolean).map((text) => {
  const [start, end, percent] = text.split(" ").map(Number);
  return { start: start / 1000, end: end / 1000, reach: percent / 100 };
});

/** How much of a word is sung, 0 to 1: syllable by syllable where they are known. @param {Word} word @param {number} time */
const fillOf = (word, time) => {
  let from = 0;
  for (const { start, end, reach } of word.syllables) {
    if (time < end) return from + (reach - from) * Math.max(0, (time - start) / Math.max(0.05, end - start));
    from = reach;
  }
  return Math.min(1, word.syllables.length ? 1 : (time - word.start) / Math.max(0.05, word.end - word.start));
};

export class Stage {
  /** @param {HTMLElement} list holds `.line` elements with `.word` elements that have data-start and data-end, in milliseconds */
  constructor(list) {
    this.list = list;
    this.lines = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".line")]);
    /** @type {Word[]} */
    this.words = this.lines.flatMap((line, index) => [...line.querySelectorAll(".word")].map((word) => {
      const element = /** @type {HTMLElement} */ (word);
      return { element, start: Number(element.dataset.start) / 1000, end: Number(element.dataset.end) / 1000,
          line: index, syllables: syllablesOf(element) };
    })).filter((word) => word.end > word.start);
    this.current = -2; // no word yet, not even "before the first"
    this.line = -1;
    /** @type {HTMLElement | null} */
    this.countdown = list.parentElement?.querySelector("[data-countdown]") ?? null;
  }

  /** The first word that starts after a time. @param {number} time */
  after(time) {
    let low = 0, high = this.words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle].start <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Shows a moment of the song. @param {number} time seconds @param {boolean} [still] whether to jump instead of gliding */
  show(time, still = false) {
    const index = this.after(time) - 1;
    if (index !== this.current) this.#move(index, still);
    const word = this.words[index];
    if (word && time < word.end + 0.1) {
      const fill = fillOf(word, time);
      word.element.style.setProperty("--fill", `${(fill * 100).toFixed(1)}%`);
    }
    this.#count(time, index);
  }

  /** The start of the line before or after the one at hand. @param {number} step @param {number} time */
  lineStart(step, time) {
    const starts = this.lines.map((_, line) => this.words.find((word) => word.line === line)?.start ?? -1).filter((start) => start >= 0);
    // Going back within the first moment of a line means the line before.
    return step > 0 ? starts.find((start) => start > time + 0.05) : starts.filter((start) => start < time - 1).at(-1) ?? 0;
  }

  #move(/** @type {number} */ index, /** @type {boolean} */ still) {
    const [from, to] = [Math.max(0, Math.min(this.current, index)), Math.max(this.current, index)];
    for (let i = from; i <= to && i < this.words.length; i++) {
      const { element } = this.words[i];
      element.classList.toggle("sung", i < index);
      element.classList.toggle("now", i === index);
      if (i !== index) element.style.removeProperty("--fill");
    }
    this.current = index;
    const line = this.words[Math.max(0, index)]?.line ?? -1;
    if (line !== this.line) this.#enter(line, still);
  }

  #enter(/** @type {number} */ line, /** @type {boolean} */ still) {
    this.line = line;
    this.lines.forEach((element, i) => {
      element.classList.toggle("current", i === line);
      element.classList.toggle("next", i === line + 1);
      element.classList.toggle("past", i < line);
    });
    const element = this.lines[line];
    if (!element) return;
    const calm = still || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = element.offsetTop - this.list.offsetTop - this.list.clientHeight * 0.36 + element.clientHeight / 2;
    this.list.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
  }

  /** Counts down to a line that comes after a pause. */
  #count(/** @type {number} */ time, /** @type {number} */ index) {
    if (!this.countdown) return;
    const before = this.words[index], next = this.words[index + 1];
    const isPause = next && next.start - (before?.end ?? 0) >= COUNTDOWN_GAP && time > (before?.end ?? 0) + 0.1;
    const left = isPause ? Math.ceil(next.start - time) : 0;
    const shown = left >= 1 && left <= COUNTDOWN_STEPS ? left : 0;
    if (Number(this.countdown.dataset.left ?? 0) === shown) return;
    this.countdown.dataset.left = String(shown);
    this.countdown.hidden = shown === 0;
    // The line that is counted to is the one to look at.
    if (shown && next.line !== this.line) this.#enter(next.line, false);
  }
}
