// @ts-check
// The editor's ears and hands: plays, hears keys, and tells what was dragged, tapped or typed. What it means for the lyrics, the server
// says.
import { Drafts } from "./drafts.js";
import { HeldKeys } from "./heldkeys.js";
import { StreamDeck } from "./mixer.js";
import { Strip } from "./strip.js";
import { Typing } from "./typing.js";

/** @typedef {import("./strip.js").Word} Word */
/** @typedef {{ invokeMethodAsync(method: string, ...values: any[]): Promise<any> }} View */

const NUDGE = 0.01, PUSH = 0.1; // seconds that a key moves words by

class Editor {
  /** @param {HTMLElement} root @param {View} view */
  constructor(root, view) {
    this.root = root;
    this.view = view;
    /** @type {Word[]} */
    this.words = [];
    /** The word at hand: known here before the server has answered, for keys are quicker. */
    this.selected = 0;
    this.going = 0;
    this.drafts = new Drafts(root.dataset.song ?? "");
    this.held = new HeldKeys();
    this.typing = new Typing(root, view, this.held);
    /** Whether the line at hand is played again and again. */
    this.isLooping = false;
    /** Whether a key has just written on a word. */
    this.isWriting = false;
    /** @type {{ first: number, starts: number[] } | null} */
    this.taps = null;
    this.stopAt = Infinity;
    this.now = -1;
    this.pasted = "";
    this.deck = new StreamDeck(root.dataset.mix ?? "", () => this.#changed());
    this.strip = new Strip(/** @type {HTMLElement} */ (root.querySelector("[data-strip]")), Number(root.dataset.duration), {
      now: () => this.deck.now(),
      seek: (time) => this.deck.seek(time),
      held: (word) => this.view.invokeMethodAsync("Select", word),
      dropped: ({ word, edge, time, from, isLine }) => edge === "whole"
        ? this.view.invokeMethodAsync(isLine ? "MoveLine" : "MoveWord", word, time - from)
        : this.view.invokeMethodAsync(edge === "start" ? "MoveStart" : "MoveEnd", word, time),
    });
    this.gone = new AbortController();
    const { signal } = this.gone;
    root.addEventListener("click", (event) => this.#click(event), { signal });
    // As a finger comes down, not as it leaves.
    root.querySelector("[data-pad]")?.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#tap();
    }, { signal });
    root.addEventListener("focusin", (event) => {
      const word = event.target instanceof Element ? event.target.closest("[data-word]") : null;
      if (word instanceof HTMLElement) this.selected = Number(word.dataset.word);
    }, { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    document.addEventListener("paste", (event) => this.#paste(event), { signal });
    this.strip.load(root.dataset.waveform ?? "");
  }

  /** All is shown: who comes now meets nothing that moves. */
  ready() {
    this.root.dataset.ready = "true";
  }

  close() {
    this.gone.abort();
    this.strip.close();
    cancelAnimationFrame(this.frame ?? 0);
    this.deck.close();
    this.drafts.close();
  }

  /** @param {Word[]} words */
  setWords(words) {
    this.words = this.strip.words = words;
    this.strip.draw();
  }

  /** @param {number} word the one at hand @param {number[]} chosen all that are chosen */
  select(word, chosen) {
    this.strip.select(word, chosen);
    // Who has gone on meanwhile is not taken back.
    if (this.going > 1) return;
    this.selected = word;
    if (this.typing.begin()) return;
    const button = /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-word="${word}"]`));
    // Who goes through the words by keys takes the focus along; who writes keeps it, though the line may be drawn anew.
    if (this.isWriting || this.typing.hasEnded() || document.activeElement?.closest("[data-word]")) button?.focus({ preventScroll: true });
    this.isWriting = false;
    button?.scrollIntoView({ block: "nearest" });
  }

  // What is not saved yet stays in the browser, so that neither a lost connection nor a closed window loses it.
  /** Whether there was room for it. @param {string} tag what it was made from @param {string} json */
  keep(tag, json) {
    return this.drafts.keep(tag, json);
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

  /** What stands in the field for whole lyrics, as bytes: a text may be larger than a message to the server. */
  pastedText() {
    const field = /** @type {HTMLTextAreaElement | null} */ (this.root.querySelector("[data-paste]"));
    if (field && this.pasted) [field.value, this.pasted] = [this.pasted, ""];
    return new TextEncoder().encode(field?.value ?? "");
  }

  /** The focus goes to what a view has just shown. @param {string} selector */
  focus(selector) {
    /** @type {HTMLElement | null} */ (this.root.querySelector(selector))?.focus();
  }

  /** Lines that are pasted onto the words are whole lyrics. @param {ClipboardEvent} event */
  #paste(event) {
    const target = event.target instanceof Element ? event.target : null;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (target?.closest("input, textarea, select, [role=dialog]") || !text.trim().includes("\n")) return;
    event.preventDefault();
    this.pasted = text;
    this.view.invokeMethodAsync("Pasted");
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    if (button instanceof HTMLElement) this.#act(button.dataset.do ?? "");
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    const target = /** @type {Element} */ (event.target);
    if (this.held.take(event) || this.typing.keydown(event)) return;
    const isTyping = target.closest("input, textarea, select, [role=dialog]") !== null;
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (letter === "z" || letter === "y") && !isTyping) {
      event.preventDefault();
      this.view.invokeMethodAsync("Step", event.shiftKey || letter === "y" ? "redo" : "undo");
      return;
    }
    if (isTyping || !this.taps && this.#write(event, target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (this.taps && (event.key === " " || event.key === "t")) {
      event.preventDefault();
      if (!event.repeat) this.#tap();
      return;
    }
    const action = { " ": target.closest("button, a, summary") ? "" : "toggle", Escape: this.taps ? "tap" : "",
        p: "word", l: "loop" }[event.key];
    if (action) {
      event.preventDefault();
      this.#act(action);
    } else if (event.key === "+" || event.key === "-") {
      this.strip.zoom(event.key === "+" ? -1 : 1);
    } else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && this.words.length) {
      event.preventDefault();
      this.#go(this.selected + (event.key === "ArrowRight" ? 1 : -1), event.shiftKey);
    }
  }

  /** On a word keys write as in a text. @param {KeyboardEvent} event @param {Element} target */
  #write(event, target) {
    const word = /** @type {HTMLElement | null} */ (target.closest("[data-word]"));
    if (!word) return false;
    const number = this.selected, isControl = event.ctrlKey || event.metaKey;
    if (isControl && event.key.toLowerCase() === "a") this.view.invokeMethodAsync("ChooseAll");
    else if (event.altKey && !isControl && (event.key === "ArrowLeft" || event.key === "ArrowRight"))
      this.view.invokeMethodAsync("MoveChosen", (event.key === "ArrowLeft" ? -1 : 1) * (event.shiftKey ? PUSH : NUDGE));
    else if (isControl || event.altKey) return false;
    else if (["Enter", "Backspace", "Delete"].includes(event.key)) {
      this.isWriting = true;
      this.held.until(this.view.invokeMethodAsync("Key", event.key, number));
    } else if (event.key === "F2") this.typing.open(number);
    else if (event.key === "Tab" && this.words[number + (event.shiftKey ? -1 : 1)]) this.#go(number + (event.shiftKey ? -1 : 1), false);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.#goToLine(word, event.key === "ArrowUp" ? -1 : 1, event.shiftKey);
    else if (event.key === "Escape" && this.strip.chosen.size > 1) this.#go(number, false);
    else if (event.key === "Escape") this.focus("[data-do=toggle]");
    else return false;
    event.preventDefault();
    return true;
  }

  /** @param {number} word @param {boolean} isChoosing whether all up to it are chosen */
  #go(word, isChoosing) {
    this.selected = Math.min(this.words.length - 1, Math.max(0, word));
    this.going++;
    this.view.invokeMethodAsync(isChoosing ? "Extend" : "Select", this.selected).finally(() => this.going--);
  }

  /** To the word that stands above or below. @param {HTMLElement} word @param {number} step @param {boolean} isChoosing */
  #goToLine(word, step, isChoosing) {
    const lines = [...this.root.querySelectorAll(".edit-line")];
    const line = lines[lines.indexOf(/** @type {Element} */ (word.closest(".edit-line"))) + step];
    const left = word.getBoundingClientRect().left;
    const near = /** @type {HTMLElement[]} */ ([...(line?.querySelectorAll("[data-word]") ?? [])])
      .sort((one, other) => Math.abs(one.getBoundingClientRect().left - left) - Math.abs(other.getBoundingClientRect().left - left))[0];
    if (near) this.#go(Number(near.dataset.word), isChoosing);
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
      this.strip.zoom(action === "zoom-in" ? -1 : 1);
    } else if (action === "slower") {
      const isSlow = this.deck.audio.playbackRate < 1;
      this.deck.setRate(isSlow ? 1 : 0.5);
      this.root.querySelector("[data-do=slower]")?.setAttribute("aria-pressed", String(!isSlow));
    } else if (action === "tap") {
      if (this.taps) this.#endTaps();
      else {
        this.taps = this.strip.taps = { first: this.selected, starts: [] };
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
    this.strip.draw();
  }

  #endTaps() {
    const taps = this.taps;
    this.taps = this.strip.taps = null;
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
    // Drawn frame by frame only while it plays; a jump while it stands still is one picture.
    cancelAnimationFrame(this.frame ?? 0);
    if (this.deck.playing) this.frame = requestAnimationFrame(() => this.#tick());
    else this.strip.draw();
  }

  #tick() {
    this.#follow();
    if (this.deck.playing) this.frame = requestAnimationFrame(() => this.#tick());
  }

  #follow() {
    const time = this.deck.now();
    const line = this.isLooping ? this.#lineOf(this.selected) : null;
    if (line && time > line[1] + 0.4) this.deck.seek(Math.max(0, line[0] - 0.3));
    if (time >= this.stopAt) {
      this.stopAt = Infinity;
      this.deck.pause();
    }
    const now = this.words.findLastIndex((word) => word[1] <= time && time < word[2]);
    if (now !== this.now) {
      this.root.querySelector(`[data-word="${this.now}"]`)?.classList.remove("now");
      this.root.querySelector(`[data-word="${now}"]`)?.classList.add("now");
      this.now = now;
    }
    this.strip.follow(time);
  }
}

/** @param {HTMLElement} root @param {View} view */
export function open(root, view) {
  return (/** @type {any} */ (window).editor = new Editor(root, view)); // by this name, for whoever wants to look into it
}
