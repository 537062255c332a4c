// @ts-check
// Keys that come before the server has shown what they go to: kept, and given in their order to what has the focus by then. Who types
// faster than the connection answers loses no letter.

export class HeldKeys {
  constructor() {
    /** @type {KeyboardEvent[] | null} */
    this.keys = null;
  }

  /** Holds keys until an answer has come. @param {Promise<any>} answer */
  until(answer) {
    const keys = this.keys ??= [];
    const release = () => this.keys === keys && this.#release(keys);
    answer.then(release, release);
  }

  /** Whether a key was taken, to be given later. Those of other fields, and what is pressed with Ctrl or Alt, go their way.
      @param {KeyboardEvent} event */
  take(event) {
    const target = /** @type {Element} */ (event.target);
    if (!this.keys || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (target !== document.body && !target.closest("[data-word]")) return false;
    event.preventDefault();
    this.keys.push(event);
    return true;
  }

  /** @param {KeyboardEvent[]} keys */
  #release(keys) {
    this.keys = null;
    for (const [at, key] of keys.entries()) {
      const target = document.activeElement ?? document.body;
      if (target.dispatchEvent(new KeyboardEvent("keydown", key)) && target instanceof HTMLInputElement) write(target, key.key);
      // One of them asked the server anew: the others wait for that.
      if (this.keys) {
        /** @type {KeyboardEvent[]} */ (this.keys).push(...keys.slice(at + 1));
        return;
      }
    }
  }
}

/** What a field does by itself on a key that was pressed in it. @param {HTMLInputElement} field @param {string} key */
function write(field, key) {
  const start = field.selectionStart ?? 0, end = field.selectionEnd ?? start, isCaret = start === end;
  if (key.length === 1) field.setRangeText(key, start, end, "end");
  else if (key === "Backspace") field.setRangeText("", isCaret ? Math.max(0, start - 1) : start, end, "end");
  else if (key === "Delete") field.setRangeText("", start, isCaret ? end + 1 : end, "end");
  else if (key === "ArrowLeft" || key === "Home") place(field, key === "Home" ? 0 : isCaret ? Math.max(0, start - 1) : start);
  else if (key === "ArrowRight" || key === "End") place(field, key === "End" ? field.value.length : isCaret ? end + 1 : end);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {HTMLInputElement} field @param {number} caret */
function place(field, caret) {
  field.setSelectionRange(caret, caret);
}
