// @ts-check
// The strip of an editor: the waveform around the word at hand, the words below it, and what is dragged there. What a drag means for the
// lyrics, others say.
import { highest } from "./waveform.js";

/** @typedef {[text: string, start: number, end: number, doubtful: boolean]} Word */
/** What is held: an edge, or words whole from where they were taken.
    @typedef {{ word: number, edge: "start" | "end" | "whole", time: number, from: number, isLine: boolean }} Drag */
/** @typedef {{ now(): number, seek(seconds: number): void, held(word: number): void, dropped(drag: Drag): void }} Host */

const SPANS = [2, 4, 8, 16, 32]; // seconds shown
const GRIP = 7; // pixels around an edge that hold it; a finger is wider
const FINGER = 16;
const BLOCK = 26; // height of a word

export class Strip {
  /** @param {HTMLElement} element @param {number} duration seconds @param {Host} host */
  constructor(element, duration, host) {
    this.element = element;
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    this.duration = duration;
    this.host = host;
    /** @type {Word[]} */
    this.words = [];
    this.selected = 0;
    /** @type {Set<number>} */
    this.chosen = new Set();
    /** Words whose starts are tapped anew. @type {{ first: number, starts: number[] } | null} */
    this.taps = null;
    this.from = 0;
    this.span = SPANS[2];
    /** @type {Drag | null} */
    this.drag = null;
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#moved(event));
    element.addEventListener("pointerup", () => this.#up());
    // A finger that the browser takes for something else moves nothing.
    element.addEventListener("pointercancel", () => {
      this.drag = null;
      this.draw();
    });
    element.addEventListener("wheel", (event) => {
      event.preventDefault();
      if (event.ctrlKey) this.zoom(Math.sign(event.deltaY), this.#time(event));
      else this.#scroll(this.from + ((event.deltaX || event.deltaY) / 400) * this.span / 4);
    }, { passive: false });
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(element);
  }

  /** @param {string} url of the recording's shape */
  async load(url) {
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok) return;
    this.shape = await answer.json();
    this.draw();
  }

  close() {
    this.resize.disconnect();
  }

  /** @param {number} word @param {number[]} chosen all that are chosen */
  select(word, chosen) {
    this.selected = word;
    this.chosen = new Set(chosen);
    const start = this.words[word]?.[1] ?? 0;
    if (start < this.from + this.span / 16 || start > this.from + this.span * 7 / 8) this.from = Math.max(0, start - this.span / 3);
    this.draw();
  }

  /** Keeps what sounds in view. @param {number} time */
  follow(time) {
    if (time > this.from + this.span * 0.85 || time < this.from) this.from = Math.max(0, time - this.span * 0.2);
    this.draw();
  }

  /** Shows more or less of the song around a moment. @param {number} step @param {number} [around] seconds; the middle by default */
  zoom(step, around = this.from + this.span / 2) {
    const span = SPANS[SPANS.indexOf(this.span) + step];
    if (!span) return;
    const share = (around - this.from) / this.span;
    this.span = span;
    this.#scroll(around - share * span);
  }

  /** @param {number} from */
  #scroll(from) {
    this.from = Math.min(Math.max(0, from), Math.max(0, this.duration - this.span));
    this.draw();
  }

  /** @param {number} time */
  #x(time) {
    return ((time - this.from) / this.span) * this.element.clientWidth;
  }

  /** @param {MouseEvent} event */
  #time(event) {
    const box = this.element.getBoundingClientRect();
    return this.from + ((event.clientX - box.left) / box.width) * this.span;
  }

  /** What lies under the pointer. @param {PointerEvent} event */
  #under(event) {
    const x = event.clientX - this.element.getBoundingClientRect().left;
    const grip = event.pointerType === "touch" ? FINGER : GRIP;
    // Words that are chosen together are held anywhere.
    for (const i of this.chosen.size > 1 ? this.chosen : [])
      if (this.words[i] && this.#x(this.words[i][1]) < x && x < this.#x(this.words[i][2])) return { word: i, edge: null };
    for (const [i, word] of this.words.entries()) {
      // A start wins over the end before it: starts are what is sung to. Of a short word there is more than edges.
      if (Math.abs(this.#x(word[1]) - x) <= Math.min(grip, (this.#x(word[2]) - this.#x(word[1])) / 3 + 2))
        return { word: i, edge: /** @type {"start"} */ ("start") };
    }
    for (const [i, word] of this.words.entries()) {
      if (Math.abs(this.#x(word[2]) - x) <= Math.min(grip, (this.#x(word[2]) - this.#x(word[1])) / 3 + 2))
        return { word: i, edge: /** @type {"end"} */ ("end") };
      if (this.#x(word[1]) < x && x < this.#x(word[2])) return { word: i, edge: null };
    }
    return null;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const under = this.#under(event);
    this.element.setPointerCapture(event.pointerId);
    const time = this.#time(event);
    if (under) {
      this.drag = { word: under.word, edge: under.edge ?? "whole", time, from: time, isLine: event.shiftKey };
      if (!(this.chosen.size > 1 && this.chosen.has(under.word))) this.host.held(under.word);
    } else this.host.seek(time);
    this.draw();
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    if (this.drag) this.drag.time = this.#time(event);
    else this.element.style.cursor = this.#under(event)?.edge ? "ew-resize" : "pointer";
    if (this.drag) this.draw();
  }

  #up() {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    if (Math.abs(this.#x(drag.time) - this.#x(drag.from)) >= GRIP / 2) this.host.dropped(drag);
    else this.draw();
  }

  draw() {
    const { canvas, element } = this, width = element.clientWidth, height = element.clientHeight, dots = devicePixelRatio || 1;
    if (canvas.width !== width * dots || canvas.height !== height * dots) [canvas.width, canvas.height] = [width * dots, height * dots];
    const pen = canvas.getContext("2d");
    if (!pen || !width) return;
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(element);
    const color = (/** @type {string} */ name) => style.getPropertyValue(name);
    const waves = height - BLOCK - 12, middle = waves / 2;
    pen.fillStyle = color("--wave");
    for (let x = 0; x < width; x += 3) {
      const from = this.from + (x / width) * this.span, to = from + (2 / width) * this.span;
      const level = this.shape ? highest(this.shape.peaks, from * this.shape.rate, to * this.shape.rate) / 255 : 0;
      pen.fillRect(x, middle - Math.max(1, level * middle), 2, Math.max(1, level * middle) * 2);
    }
    pen.font = `500 13px ${color("--sans")}`;
    pen.textBaseline = "middle";
    for (const [i, word] of this.words.entries()) this.#drawWord(pen, i, word, color, waves);
    pen.fillStyle = color("--accent");
    pen.fillRect(this.#x(this.host.now()) - 1, 0, 2, height);
  }

  /** Whether a word moves with what is dragged. @param {number} i */
  #isHeld(i) {
    const { drag } = this;
    return drag !== null && (drag.word === i || (drag.edge === "whole" && this.chosen.has(drag.word) && this.chosen.has(i)));
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} i @param {Word} word @param {(name: string) => string} color
      @param {number} top */
  #drawWord(pen, i, [text, wordStart, wordEnd, doubtful], color, top) {
    const held = this.#isHeld(i) ? this.drag : null;
    const tapped = this.taps && i >= this.taps.first ? this.taps.starts[i - this.taps.first] : undefined;
    const moved = held?.edge === "whole" ? held.time - held.from : 0;
    const start = held?.edge === "start" ? held.time : tapped ?? wordStart + moved;
    const end = held?.edge === "end" ? held.time : wordEnd + moved;
    const left = this.#x(start), right = this.#x(end);
    if (right < 0 || left > this.element.clientWidth) return;
    const isSelected = i === this.selected, isChosen = isSelected || this.chosen.has(i);
    pen.fillStyle = color(isSelected ? "--accent" : isChosen ? "--accent-soft" : doubtful ? "--bad-soft" : "--soft");
    pen.beginPath();
    pen.roundRect(left + 0.5, top + 8, Math.max(3, right - left - 1), BLOCK, 5);
    pen.fill();
    pen.fillStyle = color(isChosen ? "--accent" : "--muted");
    pen.fillRect(left, isSelected ? 0 : top, isSelected ? 2 : 1, isSelected ? top + 8 : 8);
    pen.save();
    pen.beginPath();
    pen.rect(left, top, Math.max(0, right - left - 2), BLOCK + 12);
    pen.clip();
    pen.fillStyle = color(isSelected ? "--on-accent" : "--ink");
    pen.fillText(text, left + 6, top + 8 + BLOCK / 2 + 1);
    pen.restore();
  }
}
