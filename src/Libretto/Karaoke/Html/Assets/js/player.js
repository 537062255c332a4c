// @ts-check
// <libretto-player>: brings the player's markup to life wherever it stands, on a view of the server or in a file on a disk.
import { Awake } from "./awake.js";
import { fillScreen, handOver, takeOver } from "./fullscreen.js";
import { Kept } from "./kept.js";
import { StemDeck, StreamDeck } from "./mixer.js";
import { Stage } from "./stage.js";
import { Waveform } from "./waveform.js";

const SPEEDS = [0.5, 0.6, 0.75, 0.85, 1, 1.15, 1.25, 1.5, 1.75, 2];
const OFFSET_STEP = 20; // milliseconds
const SIZES = [0.7, 0.85, 1, 1.2, 1.45];
// Milliseconds without a hand on it after which a playing karaoke view shows words alone.
const IDLE = 2500;
// Milliseconds after which clock and waveform are drawn again, even if no word begins; and half a frame, by which what a timer draws is
// on the screen later.
const BEAT = 250, HALF_FRAME = 8;

/** @param {number} seconds */
const clockText = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class LibrettoPlayer extends HTMLElement {
  // A song plays before its words are there, and its words before its stems.
  static observedAttributes = ["data-instrumental", "data-version"];

  /** Ends what was started. @type {AbortController | null} */
  gone = null;
  /** @type {StreamDeck | StemDeck | undefined} */
  deck;
  /** @type {Stage | undefined} */
  stage;
  /** @type {Waveform | undefined} */
  wave;
  /** Seconds. */
  duration = 0;
  rate = 1;
  /** Semitones. */
  key = 0;
  /** How much later than the sound the display is, in milliseconds. */
  offset = 0;
  /** How large words are, 1 as usual. */
  size = 1;
  /** @type {Awake | undefined} */
  awake;
  /** @type {Kept | undefined} */
  kept;
  idle = 0;
  /** Whether the song has come to its end. */
  isOver = false;
  /** The second that the clock shows. */
  second = -1;
  beat = 0;

  /** @param {string} name */
  attributeChangedCallback(name) {
    // Once what it holds has changed as well.
    if (this.gone) requestAnimationFrame(() => this.isConnected && (name === "data-version" ? this.#renew() : this.#openStems()));
  }

  connectedCallback() {
    // Blazor puts the element in before what it holds.
    requestAnimationFrame(() => this.isConnected && !this.gone && this.#start());
  }

  disconnectedCallback() {
    this.gone?.abort();
    this.gone = null;
    if (this.classList.contains("karaoke")) handOver();
    clearTimeout(this.idle);
    if (this.deck && this.deck.now() > 0) this.kept?.leave({ time: this.deck.now(), playing: this.deck.playing });
    this.deck?.close();
    this.wave?.close();
    clearTimeout(this.beat);
  }

  /** The moment of the song on the stage, in seconds: what is heard, and the display's offset. */
  get time() {
    return (this.deck?.now() ?? 0) + this.offset / 1000;
  }

  /** Plays from a moment, or goes there. @param {number} seconds */
  jump(seconds) {
    this.#free(false);
    this.deck?.seek(Math.min(this.duration, Math.max(0, seconds)));
    this.#draw(true);
  }

  async toggle() {
    const { deck } = this;
    if (!deck) return;
    this.#set("trouble", "");
    if (deck.playing) deck.pause();
    else await deck.play().catch((error) => this.#say(error.message));
  }

  #start() {
    const player = this;
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.duration = Number(this.dataset.duration);
    this.kept = new Kept([this.dataset.mix, this.dataset.singer].filter(Boolean).join(" "));
    ({ offset: this.offset, size: this.size, key: this.key } = this.kept);
    this.style.setProperty("--size", String(this.size));
    this.classList.toggle("two-lines", this.kept.twoLines);
    for (const slider of this.#sliders()) slider.value = this.kept.level(slider.dataset.level ?? "") ?? slider.value;
    this.stage = new Stage(/** @type {HTMLElement} */ (this.querySelector("[data-lines]")));
    this.#open();
    const holder = /** @type {HTMLElement} */ (this.querySelector("[data-wave]"));
    this.wave = new Waveform(holder, this.duration, (seconds) => this.jump(seconds));
    if (this.dataset.waveform) this.wave.load(this.dataset.waveform);
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("input", (event) => this.#input(event), { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    document.addEventListener("fullscreenchange", () => !document.fullscreenElement && this.#karaoke(false), { signal });
    for (const name of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(name, () => this.#stir(), { signal });
    for (const name of ["wheel", "touchmove"])
      this.querySelector("[data-lines]")?.addEventListener(name, () => this.deck?.playing && this.#free(true), { signal, passive: true });
    addEventListener("pagehide",
        () => this.kept?.leave({ time: this.deck?.now() ?? 0, playing: this.deck?.playing ?? false }), { signal });
    this.awake = new Awake({
      get playing() { return player.deck?.playing ?? false; },
      toggle: () => this.toggle(),
      jump: (seconds) => this.jump(seconds),
      place: () => ({ position: this.deck?.now() ?? 0, duration: this.duration, playbackRate: this.rate }),
      title: this.querySelector(".stage-title strong")?.textContent ?? document.title,
      artist: this.querySelector(".stage-title span")?.textContent ?? "",
    }, signal);
    this.#words();
    // Nobody draws for a window that nobody sees.
    document.addEventListener("visibilitychange", () => this.#draw(true), { signal });
    this.#draw(true);
    this.dataset.ready = "true";
    if (takeOver()) this.#karaoke(true);
    this.#resume();
  }

  /** Other words are here; what plays goes on. */
  #renew() {
    this.duration = Number(this.dataset.duration);
    this.stage?.close();
    this.stage = new Stage(/** @type {HTMLElement} */ (this.querySelector("[data-lines]")));
    this.classList.remove("free");
    if (this.wave) this.wave.duration = this.duration;
    if (this.wave && !this.wave.shape && this.dataset.waveform) this.wave.load(this.dataset.waveform);
    this.#draw(true);
  }

  /** After a view was loaded anew the song goes on where it was; a link may ask for it to begin. */
  #resume() {
    const left = this.kept?.left();
    if (left) this.jump(left.time);
    // Browsers may want a hand first; then the button waits for it.
    if (left?.playing || this.hasAttribute("data-play")) this.deck?.play().catch(() => undefined);
  }

  /** @returns {HTMLInputElement[]} */
  #sliders() {
    return [...this.querySelectorAll("[data-level]")].filter((slider) => slider instanceof HTMLInputElement);
  }

  /** The recording alone at first; that is heard at once. */
  #open() {
    this.deck = /** @type {StreamDeck | StemDeck} */ (new StreamDeck(this.dataset.mix ?? "", () => this.#changed()));
    if (this.key) this.deck.setKey(this.key).catch(() => undefined);
    this.#openStems();
  }

  /** Goes over to the stems once they are decoded; where they cannot be, the recording stays. */
  #openStems() {
    const { vocals, instrumental } = this.dataset;
    if (!vocals || !instrumental || this.dataset.stems) return;
    const changed = () => this.#changed();
    StemDeck.load({ vocals, instrumental }, changed).then(async (stems) => {
      const before = this.deck;
      if (!this.isConnected || !before) return stems.close();
      const wasPlaying = before.playing;
      stems.seek(before.now());
      before.close();
      this.deck = stems;
      this.dataset.stems = "true";
      for (const slider of this.#sliders()) this.#level(slider);
      stems.setRate(this.rate);
      await stems.setKey(this.key);
      if (wasPlaying) await stems.play();
    }).catch((error) => this.#say(`${error.message} The whole recording is played instead.`));
  }

  /** @param {MouseEvent} event */
  #click(event) {
    if (!(event.target instanceof Element)) return;
    const word = event.target.closest(".word");
    if (word instanceof HTMLElement && this.stage) {
      // Not to the very start: the word's first sound is what one wants to hear.
      this.jump(Number(word.dataset.start) / 1000 - 0.02);
      return;
    }
    const button = event.target.closest("[data-do]");
    if (!(button instanceof HTMLElement)) return;
    this.#act(button.dataset.do ?? "");
    // Keys that follow a click are meant for the song, not for the button.
    if (event instanceof PointerEvent && event.pointerType) this.#focusWords();
  }

  #focusWords() {
    /** @type {HTMLElement | null} */ (this.querySelector("[data-lines]"))?.focus({ preventScroll: true });
  }

  /** @param {Event} event */
  #input(event) {
    if (!(event.target instanceof HTMLInputElement) || !event.target.matches("[data-level]")) return;
    this.#level(event.target);
    this.kept?.setLevel(event.target.dataset.level ?? "", event.target.value);
  }

  /** @param {HTMLInputElement} slider */
  #level(slider) {
    // The ear hears in powers: the square of the slider's place feels even.
    this.deck?.setLevel(slider.dataset.level ?? "", (Number(slider.value) / 100) ** 2);
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.altKey || event.metaKey ||
        target.closest("input:not([type=range]), textarea, select, [contenteditable], [role=dialog]")) return;
    const onRange = target.matches("input[type=range]");
    const button = target.closest("button, a, summary"), onButton = button?.matches(":focus-visible") ?? false;
    const words = { ArrowLeft: "word-before", ArrowRight: "word-after" }[event.shiftKey ? event.key : ""];
    const action = words ?? {
      " ": onButton ? "" : "toggle", k: "toggle",
      ArrowLeft: onRange ? "" : "back", ArrowRight: onRange ? "" : "forward",
      ArrowUp: onRange ? "" : "line-before", ArrowDown: onRange ? "" : "line-after",
      "[": "slower", "]": "faster", "-": "key-down", "+": "key-up", "=": "key-up", ",": "offset-down", ".": "offset-up",
      f: "karaoke", "{": "smaller", "}": "larger", l: "lines",
      Home: onRange ? "" : "start", Escape: this.classList.contains("karaoke") ? "karaoke" : "",
    }[event.key];
    if (!action) return;
    event.preventDefault();
    this.#act(action);
  }

  /** @param {string} action */
  #act(action) {
    const heard = this.deck?.now() ?? 0;
    switch (action) {
      case "toggle": return this.toggle();
      case "back": return this.jump(heard - 5);
      case "forward": return this.jump(heard + 5);
      case "start": return this.jump(0);
      case "line-before": return this.jump((this.stage?.lineStart(-1, heard) ?? 0) - 0.02);
      case "line-after": return this.jump((this.stage?.lineStart(1, heard) ?? heard) - 0.02);
      case "word-before": return this.#word(-1);
      case "word-after": return this.#word(1);
      case "follow": return this.#free(false);
      case "smaller": return this.#resize(-1);
      case "larger": return this.#resize(1);
      case "lines": return this.#twoLines();
      case "slower": return this.#speed(-1);
      case "faster": return this.#speed(1);
      case "key-down": return this.#shift(-1);
      case "key-up": return this.#shift(1);
      case "offset-down": return this.#delay(-OFFSET_STEP);
      case "offset-up": return this.#delay(OFFSET_STEP);
      case "karaoke": return this.#karaoke(!this.classList.contains("karaoke"));
    }
  }

  /** @param {number} step */
  #speed(step) {
    const at = SPEEDS.indexOf(this.rate) + step;
    if (!SPEEDS[at]) return;
    this.rate = SPEEDS[at];
    this.deck?.setRate(this.rate);
    this.#words();
    this.#draw(false);
  }

  /** @param {number} step */
  async #shift(step) {
    this.key = Math.max(-6, Math.min(6, this.key + step));
    this.kept?.set("key", this.key);
    this.#words();
    await this.deck?.setKey(this.key).catch((error) => this.#say(error.message));
  }

  /** @param {number} step */
  #delay(step) {
    this.offset = Math.max(-500, Math.min(500, this.offset + step));
    this.kept?.set("offset", this.offset);
    this.#words();
    this.#draw(true);
  }

  /** Goes to a word, which is then the one at hand for keys as well. @param {number} step */
  #word(step) {
    const word = this.stage?.wordAt(step, this.time);
    if (!word) return;
    this.jump(word.start - 0.02);
    for (const other of this.querySelectorAll(".word[tabindex]")) other.removeAttribute("tabindex");
    word.element.tabIndex = -1;
    word.element.focus({ preventScroll: true });
  }

  /** @param {number} step */
  #resize(step) {
    this.size = SIZES[SIZES.indexOf(this.size) + step] ?? this.size;
    this.style.setProperty("--size", String(this.size));
    this.kept?.set("size", this.size);
    this.#lay();
  }

  #twoLines() {
    this.kept?.set("twoLines", this.classList.toggle("two-lines"));
    for (const button of this.querySelectorAll("[data-do=lines]"))
      button.setAttribute("aria-pressed", String(this.classList.contains("two-lines")));
    this.#lay();
  }

  /** Lets someone look elsewhere in the words, or brings them back to the line that is sung. @param {boolean} isFree */
  #free(isFree) {
    if (!this.stage || this.stage.isFree === isFree) return;
    this.stage.isFree = isFree;
    this.classList.toggle("free", isFree);
    if (!isFree) this.#draw(true);
  }

  /** A hand is on it. */
  #stir() {
    this.classList.remove("idle");
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.classList.toggle("idle", this.classList.contains("karaoke") && (this.deck?.playing ?? false)), IDLE);
  }

  /** @param {boolean} isOn */
  #karaoke(isOn) {
    if (this.classList.contains("karaoke") === isOn) return;
    this.classList.toggle("karaoke", isOn);
    fillScreen(isOn);
    this.#set("karaoke", isOn ? "Leave karaoke" : "Karaoke");
    this.#stir();
    this.#focusWords();
    this.#lay();
  }

  /** Lines have other places now. */
  #lay() {
    this.classList.remove("free");
    requestAnimationFrame(() => {
      this.stage?.reset();
      this.#draw(true);
    });
  }

  #changed() {
    const isPlaying = this.deck?.playing ?? false;
    this.classList.toggle("playing", isPlaying);
    for (const button of this.querySelectorAll("[data-do=toggle]")) button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    if (this.deck?.trouble) this.#say(this.deck.trouble);
    // Whoever leads a party goes on to the next song; a browser may say more than once that one is over.
    const isOver = this.deck?.ended ?? false;
    if (isOver && !this.isOver) this.dispatchEvent(new Event("libretto-ended", { bubbles: true }));
    this.isOver = isOver;
    this.awake?.changed();
    this.#stir();
    this.#draw(!isPlaying);
  }

  /** Shows the moment, and has the next one shown when it comes. @param {boolean} still */
  #draw(still) {
    clearTimeout(this.beat);
    const { deck, rate } = this, plays = deck?.playing ?? false;
    const heard = Math.min(this.duration, deck?.now() ?? 0), shown = this.time + (plays ? (HALF_FRAME / 1000) * rate : 0);
    const next = this.stage?.show(shown, still, plays ? rate : 0) ?? Infinity;
    if (plays) this.beat = setTimeout(() => this.#draw(false), Math.min(BEAT, Math.max(1, ((next - shown) / rate) * 1000)));
    if (document.hidden) return;
    this.wave?.draw(heard);
    const second = Math.floor(heard);
    if (second === this.second) return;
    this.second = second;
    this.#set("time", `${clockText(heard)} / ${clockText(this.duration)}`);
    const slider = this.querySelector("[data-wave]");
    slider?.setAttribute("aria-valuenow", String(second));
    slider?.setAttribute("aria-valuetext", clockText(heard));
  }

  #words() {
    this.#set("speed", `${this.rate}×`);
    const key = this.key;
    this.#set("key", key === 0 ? "0" : key > 0 ? `+${key}` : `−${-key}`);
    const offset = this.offset;
    this.#set("offset", `${offset < 0 ? "−" : offset > 0 ? "+" : ""}${Math.abs(offset)} ms`);
  }

  /** @param {string} name @param {string} text */
  #set(name, text) {
    for (const element of this.querySelectorAll(`[data-show=${name}]`)) element.textContent = text;
  }

  /** @param {string} trouble */
  #say(trouble) {
    this.#set("trouble", trouble);
  }
}
