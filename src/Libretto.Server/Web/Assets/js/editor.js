// @ts-check
// The editor's ears and hands: plays, draws the waveform around the word at hand, and tells what was dragged or tapped. What it means
// for the lyrics, the server says.
import { Drafts } from "./drafts.js";
import { StreamDeck } from "./mixer.js";
import { highest } from "./waveform.js";

/** @typedef {[text: string, start: number, end: number, doubtful: boolean]} Word */
/** @typedef {{ invokeMethodAsync(method: string, ...values: any[]): Promise<any> }} View */

const SPANS = [2, 4, 8, 16, 32]; // seconds shown
const GRIP = 7; // pixels around an edge that hold it
const BLOCK = 26; // height of a word

class Editor {
  /** @param {HTMLElement} root @param {View} view */
  constructor(root, view) {
    this.root = root;
    this.view = view;
    this.duration = Number(root.dataset.duration);
    this.strip = /** @type {HTMLElement} */ (root.querySelector("[data-strip]"));
    this.canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
    /** @type {Word[]} */
    this.words = [];
    this.selected = 0;
    this.from = 0;
    this.span = SPANS[2];
    this.drafts = new Drafts(root.dataset.song ?? "");
    /** What is held: an edge, or the whole word from where it was taken. @type {{ word: number, edge: "start" | "end" | "whole",
        time: number, from: number, isLine: boolean } | null} */
    this.drag = null;
    /** Whether the line at hand is played again and again. */
    this.isLooping = false;
    /** Whether a key has just written on a word. */
    this.isWriting = false;
    /** @type {{ first: number, starts: number[] } | null} */
    this.taps = null;
    this.stopAt = Infinity;
    this.now = -1;
    this.deck = new StreamDeck(root.dataset.mix ?? "", () => this.#changed());
    this.gone = new AbortController();
    const { signal } = this.gone;
    root.addEventListener("click", (event) => this.#click(event), { signal });
    // As a finger comes down, not as it leaves.
    root.querySelector("[data-pad]")?.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#tap();
    }, { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.strip.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    this.strip.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    this.strip.addEventListener("pointerup", () => this.#up(), { signal });
    this.strip.addEventListener("wheel", (event) => {
      event.preventDefault();
      if (event.ctrlKey) this.#zoom(Math.sign(event.deltaY), this.#time(event));
      else this.#scroll(this.from + ((event.deltaX || event.deltaY) / 400) * this.span / 4);
    }, { signal, passive: false });
    fetch(root.dataset.waveform ?? "").then(async (answer) => answer.ok && (this.shape = await answer.json()) && this.#draw());
    const tick = () => {
      if (this.deck.playing) this.#follow();
      this.frame = requestAnimationFrame(tick);
    };
    tick();
    this.resize = new ResizeObserver(() => this.#draw());
    this.resize.observe(this.strip);
  }

  /** All is shown: who comes now meets nothing that moves. */
  ready() {
    this.root.dataset.ready = "true";
  }

  close() {
    this.gone.abort();
    this.resize.disconnect();
    cancelAnimationFrame(this.frame ?? 0);
    this.deck.close();
    this.drafts.close();
  }

  /** @param {Word[]} words */
  setWords(words) {
    this.words = words;
    this.#draw();
  }

  /** @param {number} word */
  select(word) {
    this.selected = word;
    const start = this.words[word]?.[1] ?? 0;
    if (start < this.from + this.span / 16 || start > this.from + this.span * 7 / 8) this.from = Math.max(0, start - this.span / 3);
    const button = /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-word="${word}"]`));
    // Who goes through the words by keys takes the focus along; who writes keeps it, though the line may be drawn anew.
    if (this.isWriting || document.activeElement?.closest("[data-word]")) button?.focus({ preventScroll: true });
    this.isWriting = false;
    button?.scrollIntoView({ block: "nearest" });
    this.#draw();
  }

  // What is not saved yet stays in the browser, so that neither a lost connection nor a closed window loses it.
  /** @param {string} tag what it was made from @param {string} json */
  keep(tag, json) {
    this.drafts.keep(tag, json);
  }

  /** The latest draft that no open window works on; null where there is none. */
  draft() {
    return this.drafts.find();
  }

  /** Forgets what this window kept. */
  forget() {
    this.drafts.forget();
  }

  /** Forgets the draft that was offered. */
  drop() {
    this.drafts.drop();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    if (button instanceof HTMLElement) this.#act(button.dataset.do ?? "");
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    const target = /** @type {Element} */ (event.target);
    const isTyping = target.closest("input, textarea, select, [role=dialog]") !== null;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isTyping) {
      event.preventDefault();
      this.view.invokeMethodAsync("Step", event.shiftKey ? "redo" : "undo");
      return;
    }
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!this.taps && this.#write(event, target)) return;
    if (this.taps && (event.key === " " || event.key === "t")) {
      event.preventDefault();
      if (!event.repeat) this.#tap();
      return;
    }
    const action = { " ": target.closest("button, a, summary") ? "" : "toggle", Escape: this.taps ? "tap" : "",
        Enter: "", p: "word" }[event.key];
    if (action) {
      event.preventDefault();
      this.#act(action);
    } else if (event.key === "+" || event.key === "-") {
      this.#zoom(event.key === "+" ? -1 : 1);
    } else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && this.words.length) {
      event.preventDefault();
      const next = Math.min(this.words.length - 1, Math.max(0, this.selected + (event.key === "ArrowRight" ? 1 : -1)));
      this.view.invokeMethodAsync("Select", next);
    }
  }

  /** On a word keys write as in a text. @param {KeyboardEvent} event @param {Element} target */
  #write(event, target) {
    const word = /** @type {HTMLElement | null} */ (target.closest("[data-word]"));
    if (!word) return false;
    const number = Number(word.dataset.word);
    if (["Enter", "Backspace", "Delete"].includes(event.key)) {
      this.isWriting = true;
      this.view.invokeMethodAsync("Key", event.key, number);
    } else if (event.key === "F2") {
      this.view.invokeMethodAsync("Select", number);
      /** @type {HTMLElement | null} */ (this.root.querySelector(".word-panel input"))?.focus();
    } else if (event.key === "Tab" && this.words[number + (event.shiftKey ? -1 : 1)]) {
      this.view.invokeMethodAsync("Select", number + (event.shiftKey ? -1 : 1));
    } else if (event.key === "Escape") /** @type {HTMLElement | null} */ (this.root.querySelector("[data-do=toggle]"))?.focus();
    else return false;
    event.preventDefault();
    return true;
  }

  /** The line of a word, from its first word to its last, in seconds. @param {number} word @returns {[number, number] | null} */
  #lineOf(word) {
    const line = this.root.querySelector(`[data-word="${word}"]`)?.closest(".edit-line");
    const numbers = [...(line?.querySelectorAll("[data-word]") ?? [])].map((one) => Number(/** @type {HTMLElement} */ (one).dataset.word));
    return numbers.length ? [this.words[numbers[0]][1], Math.max(...numbers.map((one) => this.words[one][2]))] : null;
  }

  #loop() {
    this.isLooping = !this.isLooping;
    this.root.querySelector("[data-do=loop]")?.setAttribute("aria-pressed", String(this.isLooping));
    const line = this.#lineOf(this.selected);
    if (!this.isLooping || !line) return;
    this.stopAt = Infinity;
    this.deck.seek(Math.max(0, line[0] - 0.3));
    this.deck.play();
  }

  /** @param {string} action */
  #act(action) {
    const [, start, end] = this.words[this.selected] ?? ["", 0, 0, false];
    if (action === "toggle") {
      this.stopAt = Infinity;
      if (this.deck.playing) this.deck.pause();
      else {
        this.deck.seek(Math.max(0, start - 0.5));
        this.deck.play();
      }
    } else if (action === "word") {
      this.deck.seek(start);
      this.stopAt = Math.max(end, start + 0.15);
      this.deck.play();
    } else if (action === "loop") {
      this.#loop();
    } else if (action === "zoom-in" || action === "zoom-out") {
      this.#zoom(action === "zoom-in" ? -1 : 1);
    } else if (action === "slower") {
      const isSlow = this.deck.audio.playbackRate < 1;
      this.deck.setRate(isSlow ? 1 : 0.5);
      this.root.querySelector("[data-do=slower]")?.setAttribute("aria-pressed", String(!isSlow));
    } else if (action === "tap") {
      if (this.taps) this.#endTaps();
      else {
        this.taps = { first: this.selected, starts: [] };
        this.stopAt = Infinity;
        this.deck.seek(Math.max(0, start - 2));
        this.deck.play();
        this.#hint();
      }
    }
  }

  #tap() {
    if (!this.taps) return;
    const last = this.taps.starts.at(-1) ?? -1;
    this.taps.starts.push(Math.max(last + 0.03, this.deck.now()));
    if (this.taps.first + this.taps.starts.length >= this.words.length) this.#endTaps();
    else this.#hint();
    this.#draw();
  }

  #endTaps() {
    const taps = this.taps;
    this.taps = null;
    this.deck.pause();
    this.#hint();
    if (taps?.starts.length) this.view.invokeMethodAsync("Tapped", taps.first, taps.starts);
  }

  #hint() {
    const hint = this.root.querySelector("[data-hint]");
    const next = this.taps && this.words[this.taps.first + this.taps.starts.length];
    if (hint) hint.textContent = next ? "Press Space, or the pad, as the word begins. Escape ends it." : "";
    this.root.querySelector("[data-do=tap]")?.setAttribute("aria-pressed", String(this.taps !== null));
    const pad = /** @type {HTMLElement | null} */ (this.root.querySelector("[data-pad]"));
    if (!pad) return;
    pad.hidden = !next;
    pad.textContent = next ? next[0] : "";
  }

  #changed() {
    this.root.classList.toggle("playing", this.deck.playing);
    this.root.querySelector("[data-do=toggle]")?.setAttribute("aria-label", this.deck.playing ? "Pause" : "Play");
  }

  #follow() {
    const time = this.deck.now();
    const line = this.isLooping ? this.#lineOf(this.selected) : null;
    if (line && time > line[1] + 0.4) this.deck.seek(Math.max(0, line[0] - 0.3));
    if (time >= this.stopAt) {
      this.stopAt = Infinity;
      this.deck.pause();
    }
    if (time > this.from + this.span * 0.85 || time < this.from) this.from = Math.max(0, time - this.span * 0.2);
    const now = this.words.findLastIndex((word) => word[1] <= time && time < word[2]);
    if (now !== this.now) {
      this.root.querySelector(`[data-word="${this.now}"]`)?.classList.remove("now");
      this.root.querySelector(`[data-word="${now}"]`)?.classList.add("now");
      this.now = now;
    }
    this.#draw();
  }

  /** Shows more or less of the song around a moment. @param {number} step @param {number} [around] seconds; the middle by default */
  #zoom(step, around = this.from + this.span / 2) {
    const span = SPANS[SPANS.indexOf(this.span) + step];
    if (!span) return;
    const share = (around - this.from) / this.span;
    this.span = span;
    this.#scroll(around - share * span);
  }

  /** @param {number} from */
  #scroll(from) {
    this.from = Math.min(Math.max(0, from), Math.max(0, this.duration - this.span));
    this.#draw();
  }

  /** @param {number} time */
  #x(time) {
    return ((time - this.from) / this.span) * this.strip.clientWidth;
  }

  /** @param {MouseEvent} event */
  #time(event) {
    const box = this.strip.getBoundingClientRect();
    return this.from + ((event.clientX - box.left) / box.width) * this.span;
  }

  /** What lies under the pointer. @param {PointerEvent} event */
  #under(event) {
    const x = event.clientX - this.strip.getBoundingClientRect().left;
    for (const [i, word] of this.words.entries()) {
      // A start wins over the end before it: starts are what is sung to.
      if (Math.abs(this.#x(word[1]) - x) <= GRIP) return { word: i, edge: /** @type {"start"} */ ("start") };
    }
    for (const [i, word] of this.words.entries()) {
      if (Math.abs(this.#x(word[2]) - x) <= GRIP) return { word: i, edge: /** @type {"end"} */ ("end") };
      if (this.#x(word[1]) < x && x < this.#x(word[2])) return { word: i, edge: null };
    }
    return null;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const under = this.#under(event);
    this.strip.setPointerCapture(event.pointerId);
    const time = this.#time(event);
    if (under) this.drag = { word: under.word, edge: under.edge ?? "whole", time, from: time, isLine: event.shiftKey };
    else this.deck.seek(this.#time(event));
    if (under) this.view.invokeMethodAsync("Select", under.word);
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    if (this.drag) this.drag.time = this.#time(event);
    else this.strip.style.cursor = this.#under(event)?.edge ? "ew-resize" : "pointer";
    if (this.drag) this.#draw();
  }

  #up() {
    const { drag } = this;
    this.drag = null;
    if (!drag || (drag.edge === "whole" && Math.abs(this.#x(drag.time) - this.#x(drag.from)) < GRIP / 2)) return;
    if (drag.edge === "whole") this.view.invokeMethodAsync(drag.isLine ? "MoveLine" : "MoveWord", drag.word, drag.time - drag.from);
    else this.view.invokeMethodAsync(drag.edge === "start" ? "MoveStart" : "MoveEnd", drag.word, drag.time);
  }

  #draw() {
    const { canvas, strip } = this, width = strip.clientWidth, height = strip.clientHeight, dots = devicePixelRatio || 1;
    if (canvas.width !== width * dots || canvas.height !== height * dots) [canvas.width, canvas.height] = [width * dots, height * dots];
    const pen = canvas.getContext("2d");
    if (!pen || !width) return;
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(strip);
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
    const head = this.#x(this.deck.now());
    pen.fillStyle = color("--accent");
    pen.fillRect(head - 1, 0, 2, height);
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} i @param {Word} word @param {(name: string) => string} color
      @param {number} top */
  #drawWord(pen, i, [text, wordStart, wordEnd, doubtful], color, top) {
    const held = this.drag?.word === i ? this.drag : null;
    const tapped = this.taps && i >= this.taps.first ? this.taps.starts[i - this.taps.first] : undefined;
    const moved = held?.edge === "whole" ? held.time - held.from : 0;
    const start = held?.edge === "start" ? held.time : tapped ?? wordStart + moved;
    const end = held?.edge === "end" ? held.time : wordEnd + moved;
    const left = this.#x(start), right = this.#x(end);
    if (right < 0 || left > this.strip.clientWidth) return;
    const isSelected = i === this.selected;
    pen.fillStyle = color(isSelected ? "--accent" : doubtful ? "--bad-soft" : "--soft");
    pen.beginPath();
    pen.roundRect(left + 0.5, top + 8, Math.max(3, right - left - 1), BLOCK, 5);
    pen.fill();
    pen.fillStyle = color(isSelected ? "--accent" : "--muted");
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

/** @param {HTMLElement} root @param {View} view */
export function open(root, view) {
  return (/** @type {any} */ (window).editor = new Editor(root, view)); // by this name, for whoever wants to look into it
}
