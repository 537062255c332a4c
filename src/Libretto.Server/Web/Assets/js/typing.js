// @ts-check
// A word that is written in its place, as in a text editor: Enter begins a line at the caret, Backspace at its start joins, Tab and arrows
// go on to the next word, Escape leaves it as it was.

/** @typedef {import("./heldkeys.js").HeldKeys} HeldKeys */
/** @typedef {{ invokeMethodAsync(method: string, ...values: any[]): Promise<any> }} View */

export class Typing {
  /** @param {HTMLElement} root @param {View} view @param {HeldKeys} held */
  constructor(root, view, held) {
    this.root = root;
    this.view = view;
    this.held = held;
    /** The field that has the focus. @type {HTMLInputElement | null} */
    this.field = null;
    this.isDone = false;
    /** Where the caret goes in the next field. @type {"all" | "start" | "end"} */
    this.caret = "all";
    root.addEventListener("dblclick", (event) => {
      const word = event.target instanceof Element ? event.target.closest("button[data-word]") : null;
      if (word instanceof HTMLElement) this.open(Number(word.dataset.word));
    });
    root.addEventListener("focusout", (event) => {
      if (event.target === this.field && this.field?.isConnected) this.#end("stay", this.field.value, "", false);
    });
    root.addEventListener("input", (event) => event.target === this.field && this.#fit());
  }

  /** Asks for a word's field. @param {number} word */
  open(word) {
    this.held.until(this.view.invokeMethodAsync("Type", word));
  }

  /** Takes up a field that has been shown; tells whether there is one. */
  begin() {
    const field = /** @type {HTMLInputElement | null} */ (this.root.querySelector("[data-typing]"));
    if (!field) this.field = null;
    if (!field || field === this.field) return field !== null;
    this.field = field;
    this.#fit();
    field.focus({ preventScroll: true });
    const end = field.value.length;
    field.setSelectionRange(this.caret === "end" ? end : 0, this.caret === "start" ? 0 : end);
    this.caret = "all";
    field.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Whether the last that was typed has just been taken, so that the word should have the focus. */
  hasEnded() {
    const { isDone } = this;
    this.isDone = false;
    return isDone;
  }

  /** @param {KeyboardEvent} event */
  keydown(event) {
    const field = this.field;
    if (!field || event.target !== field) return false;
    const { value } = field, start = field.selectionStart ?? 0, end = field.selectionEnd ?? start;
    const isFirst = start === 0 && end === 0, isLast = start === value.length && end === value.length;
    if (event.isComposing) return true;
    if (event.key === "Escape") this.#end("cancel", "", "");
    // What is marked whole, as Tab leaves it, is not meant to go.
    else if (event.key === "Enter") this.#end("line", value.slice(0, end - start === value.length ? end : start), value.slice(end));
    else if (event.key === "Tab") this.#end(event.shiftKey ? "previous" : "next", value, "");
    else if (event.key === "Backspace" && isFirst) this.#end("join", value, "", true, "start");
    else if (event.key === "ArrowLeft" && isFirst) this.#end("previous", value, "", true, "end");
    else if (event.key === "ArrowRight" && isLast) this.#end("next", value, "", true, "start");
    else return true;
    event.preventDefault();
    return true;
  }

  /** @param {string} then what comes next @param {string} before @param {string} after what stands behind a new line's beginning
      @param {boolean} [keepsFocus] @param {"all" | "start" | "end"} [caret] */
  #end(then, before, after, keepsFocus = true, caret = "all") {
    this.caret = caret;
    this.isDone = keepsFocus;
    const word = Number(this.field?.dataset.word);
    this.field = null;
    const answer = this.view.invokeMethodAsync("Typed", word, before, after, then);
    if (keepsFocus) this.held.until(answer);
  }

  /** As wide as what stands in it. */
  #fit() {
    if (this.field) this.field.style.width = `${Math.max(3, this.field.value.length + 2)}ch`;
  }
}
