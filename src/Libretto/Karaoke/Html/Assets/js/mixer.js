// @ts-check
// What is heard, and the one clock of it: a recording streamed as it is, or its stems decoded and mixed. Both answer `now()` with the
// moment of the song that reaches the ear.
import { Shifter } from "./shifter.js";

/**
 * @typedef {object} Deck
 * @property {() => Promise<void>} play
 * @property {() => void} pause
 * @property {(seconds: number) => void} seek
 * @property {() => number} now seconds into the song
 * @property {boolean} playing
 * @property {(rate: number) => void} setRate 1 is as recorded; the pitch stays
 * @property {(semitones: number) => Promise<void>} setKey
 * @property {(part: string, level: number) => void} setLevel 0 to 1
 * @property {() => void} close
 */

/** How long what is computed now takes to the ear. @param {AudioContext} context */
const delayOf = (context) => (context.baseLatency || 0) + (context.outputLatency || 0);

/** A recording, played while it arrives. @implements {Deck} */
export class StreamDeck {
  /** @param {string} url @param {() => void} changed called when it starts, stops, stalls or ends */
  constructor(url, changed) {
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.preservesPitch = true;
    this.audio.src = url;
    this.hasBegun = false;
    this.audio.addEventListener("loadeddata", () => (this.hasBegun = true));
    for (const name of ["play", "pause", "playing", "waiting", "ended", "seeked", "error"]) this.audio.addEventListener(name, changed);
    /** @type {{ context: AudioContext, shifter: Shifter } | null} */
    this.routed = null;
    /** @type {Promise<void> | null} */
    this.routing = null;
    this.key = 0;
    this.isClosed = false;
  }

  get playing() {
    // What broke off is not said to be paused.
    return !this.audio.paused && !this.audio.ended && !this.audio.error;
  }

  get ended() {
    return this.audio.ended;
  }

  get trouble() {
    if (!this.audio.error) return "";
    return this.hasBegun && this.audio.error.code !== MediaError.MEDIA_ERR_DECODE
      ? "The recording comes no further: it was deleted, or the server cannot be reached."
      : "The recording cannot be played by this browser.";
  }

  now() {
    // Sent through the key shift, a sound comes later than the element says.
    const late = this.routed ? (delayOf(this.routed.context) + this.routed.shifter.delay) * this.audio.playbackRate : 0;
    return Math.max(0, this.audio.currentTime - (this.playing ? late : 0));
  }

  async play() {
    await this.routed?.context.resume();
    await this.audio.play();
  }

  pause() {
    this.audio.pause();
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.audio.currentTime = seconds;
  }

  /** @param {number} rate */
  setRate(rate) {
    this.audio.playbackRate = rate;
  }

  /** @param {string} _part @param {number} level */
  setLevel(_part, level) {
    this.audio.volume = level;
  }

  /** @param {number} semitones */
  async setKey(semitones) {
    this.key = semitones;
    if (!this.routed && semitones === 0) return;
    // Once, however quickly it is asked for again; what was asked for last counts.
    await (this.routing ??= this.#route());
    this.routed?.shifter.set(this.key, 1);
  }

  async #route() {
    const context = new AudioContext();
    const shifter = await Shifter.create(context);
    if (this.isClosed) return context.close();
    context.createMediaElementSource(this.audio).connect(shifter.input);
    shifter.output.connect(context.destination);
    this.routed = { context, shifter };
    if (this.playing) await context.resume();
  }

  close() {
    this.isClosed = true;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.routed?.context.close();
  }
}

/** Stems that start on the same sample and stay together, each with its own level. @implements {Deck} */
export class StemDeck {
  /** @param {AudioContext} context @param {Shifter} shifter @param {Map<string, AudioBuffer>} buffers @param {() => void} changed */
  constructor(context, shifter, buffers, changed) {
    this.context = context;
    this.shifter = shifter;
    this.changed = changed;
    shifter.output.connect(context.destination);
    this.parts = new Map([...buffers].map(([name, buffer]) => {
      const gain = context.createGain();
      gain.connect(shifter.input);
      return [name, { buffer, gain, source: /** @type {AudioBufferSourceNode | null} */ (null) }];
    }));
    this.duration = Math.max(...[...buffers.values()].map((buffer) => buffer.duration));
    this.playing = false;
    this.trouble = "";
    this.ended = false;
    this.rate = 1;
    this.key = 0;
    /** Where the song was when the context's clock stood at `since`. */
    this.from = 0;
    this.since = 0;
  }

  /** @param {Record<string, string>} urls by part @param {() => void} changed */
  static async load(urls, changed) {
    const context = new AudioContext();
    try {
      const [shifter, ...buffers] = await Promise.all([
        Shifter.create(context),
        ...Object.entries(urls).map(async ([name, url]) => {
          const answer = await fetch(url);
          if (!answer.ok) throw new Error(`The ${name} could not be fetched (${answer.status}).`);
          return /** @type {[string, AudioBuffer]} */ ([name, await context.decodeAudioData(await answer.arrayBuffer())]);
        }),
      ]);
      return new StemDeck(context, shifter, new Map(buffers), changed);
    } catch (error) {
      // Browsers allow a page a handful of them.
      await context.close();
      throw error;
    }
  }

  now() {
    if (!this.playing) return this.from;
    const heard = this.context.currentTime - delayOf(this.context) - this.shifter.delay;
    return Math.min(this.duration, Math.max(this.from, this.from + (heard - this.since) * this.rate));
  }

  async play() {
    if (this.playing) return;
    await this.context.resume();
    if (this.from >= this.duration - 0.05) this.from = 0;
    this.#start();
    this.changed();
  }

  pause() {
    if (!this.playing) return;
    this.from = this.now();
    this.#stop();
    this.changed();
  }

  /** @param {number} seconds */
  seek(seconds) {
    const wasPlaying = this.playing;
    if (wasPlaying) this.#stop();
    this.from = Math.min(this.duration, Math.max(0, seconds));
    if (wasPlaying) this.#start();
    this.changed();
  }

  /** @param {number} rate */
  setRate(rate) {
    const wasPlaying = this.playing;
    if (wasPlaying) this.pause();
    this.rate = rate;
    this.shifter.set(this.key, rate);
    if (wasPlaying) this.#start();
    this.changed();
  }

  /** @param {number} semitones */
  async setKey(semitones) {
    const wasPlaying = this.playing;
    if (wasPlaying) this.pause();
    this.key = semitones;
    this.shifter.set(semitones, this.rate);
    if (wasPlaying) this.#start();
  }

  /** @param {string} part @param {number} level */
  setLevel(part, level) {
    this.parts.get(part)?.gain.gain.setTargetAtTime(level, this.context.currentTime, 0.02);
  }

  close() {
    this.#stop();
    this.context.close();
  }

  #start() {
    // A moment ahead, so that all parts are ready when it comes.
    this.since = this.context.currentTime + 0.04;
    for (const part of this.parts.values()) {
      const source = this.context.createBufferSource();
      source.buffer = part.buffer;
      source.playbackRate.value = this.rate;
      source.connect(part.gain);
      source.start(this.since, Math.min(this.from, part.buffer.duration));
      part.source = source;
    }
    const [first] = this.parts.values();
    const { source } = first;
    if (source) source.onended = () => first.source === source && this.playing && this.#end();
    this.playing = true;
  }

  #end() {
    this.#stop();
    this.from = this.duration;
    this.ended = true;
    this.changed();
    this.ended = false;
  }

  #stop() {
    for (const part of this.parts.values()) {
      part.source?.stop();
      part.source?.disconnect();
      part.source = null;
    }
    this.playing = false;
  }
}
