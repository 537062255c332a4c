// @ts-check
// Fills a word as it is sung. Two boxes with the word in them move against each other, which a browser's compositor does alone: between
// the start and the end of a word nothing runs, is laid out or is painted here.

/** @typedef {{ start: number, end: number, reach: number }} Syllable seconds; how far into its word it reaches, 0 to 1 */
/** @typedef {[at: number, reach: number]} Point milliseconds from the word's start */

const SHORTEST = 0.05; // seconds, so that something is seen to move
// Milliseconds that the picture may be away from the sound before it is put right.
const LOOSE = 15;

/** When how much of a word is sung: syllable by syllable where they are known.
    @param {number} start @param {number} end @param {Syllable[]} syllables @returns {Point[]} */
const pointsOf = (start, end, syllables) => {
  /** @type {Point[]} */
  const points = [[0, 0]];
  for (const syllable of syllables.length ? syllables : [{ start, end, reach: 1 }]) {
    const [before, reach] = points[points.length - 1];
    const from = Math.max(before, (syllable.start - start) * 1000);
    points.push([from, reach], [Math.max(from + SHORTEST * 1000, (syllable.end - start) * 1000), syllable.reach]);
  }
  points.push([points[points.length - 1][0] + 1, 1]);
  return points;
};

export class Fill {
  /** @param {HTMLElement} word @param {number} start seconds @param {number} end @param {Syllable[]} syllables */
  constructor(word, start, end, syllables) {
    this.word = word;
    this.start = start;
    this.points = pointsOf(start, end, syllables);
    this.duration = this.points[this.points.length - 1][0];
    this.rate = 0;
    // A word that goes on in the next row has no one box: it is painted.
    this.isBroken = word.getClientRects().length > 1;
    word.classList.toggle("broken", this.isBroken);
    this.animations = this.isBroken ? [this.#animate(word, (reach) => ({ "--fill": `${reach * 100}%` }))] : this.#boxes();
  }

  /** Shows a moment, and goes on from there by itself. @param {number} time seconds @param {number} rate 0 stands still */
  show(time, rate) {
    const at = Math.min(this.duration, Math.max(0, (time - this.start) * 1000)), isOver = at >= this.duration;
    const runs = rate > 0 && !isOver;
    for (const animation of this.animations) {
      if (!runs) {
        if (animation.playState !== "paused") animation.pause();
        animation.currentTime = at;
      } else if (rate !== this.rate || animation.playState === "paused" || Math.abs(Number(animation.currentTime) - at) > LOOSE * rate) {
        animation.playbackRate = rate;
        if (animation.playState === "paused") animation.play();
        animation.startTime = performance.now() - at / rate;
      }
    }
    this.rate = runs ? rate : 0;
  }

  close() {
    for (const animation of this.animations) animation.cancel();
    this.box?.remove();
    this.word.classList.remove("broken");
  }

  /** The sung part shows through a window that opens over it. */
  #boxes() {
    this.box = document.createElement("span");
    this.box.className = "fill";
    this.box.ariaHidden = "true";
    const text = document.createElement("b");
    // As a mark, not as text: the word is there once for who copies or hears it.
    text.dataset.text = this.word.textContent ?? "";
    // Letters may reach over the word's edges. Whole pixels: a window of its own begins at one.
    const height = this.word.offsetHeight, [over, beside] = [0.25, 0.08].map((share) => Math.ceil(height * share));
    [this.box.style.inset, text.style.padding, text.style.lineHeight] =
        [`-${over}px -${beside}px`, `${over}px ${beside}px`, `${height}px`];
    const side = this.word.matches(":dir(rtl)") ? 1 : -1;
    this.box.append(text);
    this.word.append(this.box);
    return [
      this.#animate(this.box, (reach) => ({ transform: `translateX(${side * (1 - reach) * 100}%)` })),
      this.#animate(text, (reach) => ({ transform: `translateX(${-side * (1 - reach) * 100}%)` })),
    ];
  }

  /** @param {HTMLElement} element @param {(reach: number) => Keyframe} look */
  #animate(element, look) {
    const frames = this.points.map(([at, reach]) => ({ offset: at / this.duration, ...look(reach) }));
    const animation = element.animate(frames, { duration: this.duration, fill: "both" });
    animation.pause();
    return animation;
  }
}
