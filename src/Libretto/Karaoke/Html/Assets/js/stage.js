// @ts-check
// Lights up words as they are sung. Knows the words' times and nothing of sound: it is told the time whenever something begins or ends,
// and says when that is next.
import { Fill } from "./fill.js";
import { Pauses } from "./pauses.js";

/** @typedef {import("./fill.js").Syllable} Syllable */
/** @typedef {{ element: HTMLElement, start: number, end: number, line: number, syllables: Syllable[], under?: Element }} Word
    what is written under it is the same word in other letters */
/** @typedef {{ element: HTMLElement, start: number, end: number, enter: number }} Line seconds; when it comes to the front */
/** @typedef {{ words: Word[], current: number, fill?: Fill }} Voice words in the order of their starts, and the last that has begun */

// A line comes to the front a little before it is sung, so that there is time to read it.
const EARLY = 0.5;

/** A word's syllables: "start end percent" each, parted by commas. @param {HTMLElement} word */
const syllablesOf = (word) => (word.dataset.syllables ?? "").split(",").filter(Boolean).map((text) => {
  const [start, end, percent] = text.split(" ").map(Number);
  return { start: start / 1000, end: end / 1000, reach: percent / 100 };
});

/** How many of some sorted things begin at or before a time. @template T
    @param {T[]} things @param {(thing: T) => number} begin @param {number} time */
export const begun = (things, begin, time) => {
  let low = 0, high = things.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (begin(things[middle]) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
};

export class Stage {
  /** @param {HTMLElement} list holds `.line` elements with `.word` elements that have data-start and data-end, in milliseconds */
  constructor(list) {
    this.list = list;
    const elements = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".line")]);
    /** All words, in the order of the page. @type {Word[]} */
    this.words = elements.flatMap((line, index) => {
      const under = line.querySelectorAll(".under");
      return [...line.querySelectorAll(".word")].map((word, place) => {
        const element = /** @type {HTMLElement} */ (word);
        return { element, start: Number(element.dataset.start) / 1000, end: Number(element.dataset.end) / 1000,
            line: index, syllables: syllablesOf(element), under: under[place] };
      });
    }).filter((word) => word.end > word.start);
    /** @type {Line[]} */
    this.lines = elements.map((element, index) => {
      const words = this.words.filter((word) => word.line === index);
      const start = words.length ? words[0].start : Infinity;
      return { element, start, end: words.length ? Math.max(...words.map((word) => word.end)) : -Infinity, enter: start - EARLY };
    });
    this.voices = this.#voices(elements);
    // Not while the line before it is still being sung, unless someone else sings it.
    for (const { words } of this.voices)
      for (let i = 1; i < words.length; i++)
        if (words[i].line !== words[i - 1].line)
          this.lines[words[i].line].enter = Math.min(words[i].start, Math.max(words[i].start - EARLY, words[i - 1].end));
    /** Lines in the order in which they come to the front. */
    this.order = this.lines.filter((line) => line.start < Infinity).sort((one, other) => one.enter - other.enter);
    this.pauses = new Pauses(list.closest(".stage") ?? list, this.words);
    /** The line that came last; null before anything was shown. @type {Line | null} */
    this.line = null;
    this.state = "";
    /** Whether someone looks elsewhere in the words, and is left to. */
    this.isFree = false;
  }

  /** Shows a moment of the song, from which words fill on by themselves.
      @param {number} time seconds @param {boolean} [still] whether to jump instead of gliding @param {number} [rate] 0 while nothing plays
      @returns {number} the moment at which something else is to be seen */
  show(time, still = false, rate = 0) {
    for (const voice of this.voices) this.#light(voice, time, rate);
    const last = begun(this.order, (line) => line.enter, time) - 1;
    // What others still sing stays in front too.
    const front = this.order.slice(Math.max(0, last - 3), last + 1).filter((line, i, some) => i === some.length - 1 || line.end > time);
    const state = `${last} ${front.length}`;
    if (state !== this.state) this.#enter(state, last, front, still);
    else if (still && !this.isFree) this.#follow(true);
    const pause = this.pauses.show(time);
    return Math.min(pause, this.order[last + 1]?.enter ?? Infinity, ...front.slice(0, -1).map((line) => line.end),
        ...this.voices.map(({ words, current }) => words[current + 1]?.start ?? Infinity));
  }

  /** All is to be laid out anew. */
  reset() {
    this.state = "";
    this.isFree = false;
    for (const voice of this.voices) voice.current = -2;
  }

  close() {
    for (const voice of this.voices) voice.fill?.close();
  }

  /** The start of the line before or after the one at hand. @param {number} step @param {number} time */
  lineStart(step, time) {
    const starts = this.lines.map((line) => line.start).filter((start) => start < Infinity).sort((one, other) => one - other);
    // Going back within the first moment of a line means the line before.
    return step > 0 ? starts.find((start) => start > time + 0.05) : starts.filter((start) => start < time - 1).at(-1) ?? 0;
  }

  /** The word before or after the one at hand. @param {number} step @param {number} time @returns {Word | undefined} */
  wordAt(step, time) {
    const words = [...this.words].sort((one, other) => one.start - other.start);
    return words[Math.max(0, begun(words, (word) => word.start, time + 0.03) - 1 + step)];
  }

  /** Who sings together lights up on its own. @param {HTMLElement[]} elements @returns {Voice[]} */
  #voices(elements) {
    /** @type {Map<string, Word[]>} */
    const voices = new Map();
    for (const word of this.words) {
      const name = elements[word.line].dataset.voice ?? "1";
      voices.set(name, [...(voices.get(name) ?? []), word]);
    }
    return [...voices.values()].map((words) => ({ words: words.sort((one, other) => one.start - other.start), current: -2 }));
  }

  /** @param {Voice} voice @param {number} time @param {number} rate */
  #light(voice, time, rate) {
    const index = begun(voice.words, (word) => word.start, time) - 1;
    if (index !== voice.current) {
      voice.fill?.close();
      const [from, to] = [Math.max(0, Math.min(voice.current, index)), Math.max(voice.current, index)];
      for (let i = from; i <= to && i < voice.words.length; i++) {
        const { element, under } = voice.words[i];
        under?.classList.toggle("sung", i <= index);
        element.classList.toggle("sung", i < index);
        element.classList.toggle("now", i === index);
      }
      voice.current = index;
      const word = voice.words[index];
      voice.fill = word && new Fill(word.element, word.start, word.end, word.syllables);
    }
    voice.fill?.show(time, rate);
  }

  /** @param {string} state @param {number} last @param {Line[]} front @param {boolean} still */
  #enter(state, last, front, still) {
    this.state = state;
    this.line = front[0] ?? this.order[0] ?? null;
    const next = this.order[last + 1];
    const isNew = new Set(front), passed = new Set(this.order.slice(0, last + 1));
    for (const line of this.lines) {
      line.element.classList.toggle("current", isNew.has(line));
      line.element.classList.toggle("next", line === next);
      line.element.classList.toggle("past", passed.has(line) && !isNew.has(line));
    }
    if (!this.isFree) this.#follow(still);
  }

  /** Brings the line at hand to its place. @param {boolean} still */
  #follow(still) {
    if (!this.line) return;
    const calm = still || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { element } = this.line;
    // A line of several rows begins below the edge that fades.
    const height = this.list.clientHeight;
    const top = element.offsetTop - Math.max(height * 0.36 - element.clientHeight / 2, height * 0.15);
    this.list.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
  }
}
