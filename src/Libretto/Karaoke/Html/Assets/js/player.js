// @ts-check
// <libretto-player>: brings the player's markup to life wherever it stands, on a view of the server or in a file on a disk.
import { StemDeck, StreamDeck } from "./mixer.js";
import { Stage } from "./stage.js";
import { Waveform } from "./waveform.js";

const SPEEDS = [0.5, 0.6, 0.75, 0.85, 1, 1.15, 1.25, 1.5, 1.75, 2];
const OFFSET_KEY = "libretto.offset";
const OFFSET_STEP = 20; // milliseconds

/** @param {number} seconds */
const clockText = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class LibrettoPlayer extends HTMLElement {
  // A song can be sung to before its stems are made.
  static observedAttributes = ["data-instrumental"];

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
  /** Seconds from the start of a frame to its middle. */
  lead = 0;
  /** The second that the clock shows. */
  second = -1;
  frame = 0;

  attributeChangedCallback() {
    if (this.gone) requestAnimationFrame(() => this.isConnected && this.#openStems());
  }

  connectedCallback() {
    // Blazor puts the element in before what it holds.
    requestAnimationFrame(() => this.isConnected && !this.gone && this.#start());
  }

  disconnectedCallback() {
    this.gone?.abort();
    this.gone = null;
    this.deck?.close();
    this.wave?.close();
    cancelAnimationFrame(this.frame);
  }

  /** The moment of the song on the stage, in seconds: what is heard, and the display's offset. */
  get time() {
    return (this.deck?.now() ?? 0) + this.offset / 1000;
  }

  /** Plays from a moment, or goes there. @param {number} seconds */
  jump(seconds) {
    this.deck?.seek(Math.min(this.duration, Math.max(0, seconds)));
    this.#draw(true);
  }

  async toggle() {
    const { deck } = this;
    if (!deck) return;
    if (deck.playing) deck.pause();
    else await deck.play().catch((error) => this.#say(error.message));
  }

  #start() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.duration = Number(this.dataset.duration);
    this.offset = Number(localStorage.getItem(OFFSET_KEY) ?? 0);
    this.stage = new Stage(/** @type {HTMLElement} */ (this.querySelector("[data-lines]")));
    this.#open();
    const holder = /** @type {HTMLElement} */ (this.querySelector("[data-wave]"));
    this.wave = new Waveform(holder, this.duration, (seconds) => this.jump(seconds));
    if (this.dataset.waveform) this.wave.load(this.dataset.waveform);
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("input", (event) => this.#input(event), { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    document.addEventListener("fullscreenchange", () => !document.fullscreenElement && this.#karaoke(false), { signal });
    this.#words();
    let before = 0;
    const tick = (/** @type {number} */ at) => {
      // What is drawn now stands until the next frame: its middle is the moment to show.
      this.lead = Math.min(0.02, (at - before) / 2000) * this.rate;
      before = at;
      if (this.deck?.playing) this.#draw(false);
      this.frame = requestAnimationFrame(tick);
    };
    this.#draw(true);
    this.frame = requestAnimationFrame(tick);
    this.dataset.ready = "true";
  }

  /** The recording alone at first; that is heard at once. */
  #open() {
    this.deck = /** @type {StreamDeck | StemDeck} */ (new StreamDeck(this.dataset.mix ?? "", () => this.#changed()));
    this.#openStems();
  }

  /** Goes over to the stems once they are decoded; where they cannot be, the recording stays. */
  #openStems() {
    const { vocals, instrumental } = this.dataset;
    if (!vocals || !instrumental) return;
    const changed = () => this.#changed();
    StemDeck.load({ vocals, instrumental }, changed).then(async (stems) => {
      const before = this.deck;
      if (!this.isConnected || !before) return stems.close();
      const wasPlaying = before.playing;
      stems.seek(before.now());
      before.close();
      this.deck = stems;
      this.dataset.stems = "true";
      for (const slider of this.querySelectorAll("[data-level]")) this.#level(/** @type {HTMLInputElement} */ (slider));
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
    if (button instanceof HTMLElement) this.#act(button.dataset.do ?? "");
  }

  /** @param {Event} event */
  #input(event) {
    if (event.target instanceof HTMLInputElement && event.target.matches("[data-level]")) this.#level(event.target);
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
    const onRange = target.matches("input[type=range]"), onButton = target.closest("button, a, summary") !== null;
    const action = {
      " ": onButton ? "" : "toggle", k: "toggle",
      ArrowLeft: onRange ? "" : "back", ArrowRight: onRange ? "" : "forward",
      ArrowUp: onRange ? "" : "line-before", ArrowDown: onRange ? "" : "line-after",
      "[": "slower", "]": "faster", "-": "key-down", "+": "key-up", "=": "key-up", ",": "offset-down", ".": "offset-up",
      f: "karaoke", Home: onRange ? "" : "start", Escape: this.classList.contains("karaoke") ? "karaoke" : "",
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
  }

  /** @param {number} step */
  async #shift(step) {
    this.key = Math.max(-6, Math.min(6, this.key + step));
    this.#words();
    await this.deck?.setKey(this.key).catch((error) => this.#say(error.message));
  }

  /** @param {number} step */
  #delay(step) {
    this.offset = Math.max(-500, Math.min(500, this.offset + step));
    localStorage.setItem(OFFSET_KEY, String(this.offset));
    this.#words();
    this.#draw(true);
  }

  /** @param {boolean} isOn */
  #karaoke(isOn) {
    if (this.classList.contains("karaoke") === isOn) return;
    this.classList.toggle("karaoke", isOn);
    if (isOn) this.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) document.exitFullscreen();
    for (const button of this.querySelectorAll("[data-do=karaoke]")) button.setAttribute("aria-pressed", String(isOn));
    // Lines have other places now.
    requestAnimationFrame(() => {
      if (this.stage) this.stage.line = -1;
      if (this.stage) this.stage.current = -2;
      this.#draw(true);
    });
  }

  #changed() {
    const isPlaying = this.deck?.playing ?? false;
    this.classList.toggle("playing", isPlaying);
    for (const button of this.querySelectorAll("[data-do=toggle]")) button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    if (this.deck?.trouble) this.#say(this.deck.trouble);
    this.#draw(!isPlaying);
  }

  /** @param {boolean} still */
  #draw(still) {
    const heard = Math.min(this.duration, this.deck?.now() ?? 0);
    this.stage?.show(this.time + (this.deck?.playing ? this.lead : 0), still);
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
