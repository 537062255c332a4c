// @ts-check
// Moves the key of what passes through, by SoundTouch in an AudioWorklet (vendor/soundtouch). While there is nothing to move, the sound
// goes straight through and loses neither quality nor time.

// What the worklet holds back, measured: tests/Libretto.Page.Tests/Sing/ShifterTests.cs.
const WORKLET_DELAY = 0.128;

export class Shifter {
  /** Where the worklet lies. */
  static processor = new URL("../vendor/soundtouch/soundtouch-processor.js", import.meta.url).href;

  /** @param {AudioContext} context */
  constructor(context) {
    this.context = context;
    this.input = context.createGain();
    this.output = context.createGain();
    this.input.connect(this.output);
    /** @type {AudioWorkletNode | null} */
    this.node = null;
    this.isOn = false;
    this.isAble = false;
  }

  /** @param {AudioContext} context */
  static async create(context) {
    const shifter = new Shifter(context);
    // Browsers have worklets at secure addresses only: elsewhere all plays, in its own key.
    await context.audioWorklet?.addModule(Shifter.processor).then(() => (shifter.isAble = true), () => undefined);
    return shifter;
  }

  /** Seconds that a sound spends in here. */
  get delay() {
    return this.isOn ? WORKLET_DELAY : 0;
  }

  /** @param {number} semitones @param {number} rate how much faster than recorded the sound comes in; its pitch is put right */
  set(semitones, rate) {
    if (semitones !== 0 && !this.isAble)
        throw new Error("This browser cannot move the key here. It can where the address begins with https://.");
    const isNeeded = this.isAble && (semitones !== 0 || rate !== 1);
    if (isNeeded && !this.node) {
      this.node = new AudioWorkletNode(this.context, "soundtouch-processor", { numberOfInputs: 1, numberOfOutputs: 1,
          outputChannelCount: [2] });
      this.node.connect(this.output);
    }
    const parameters = /** @type {any} */ (this.node?.parameters);
    parameters?.get("pitchSemitones")?.setValueAtTime(semitones, this.context.currentTime);
    parameters?.get("playbackRate")?.setValueAtTime(rate, this.context.currentTime);
    if (isNeeded === this.isOn) return;
    this.input.disconnect();
    this.input.connect(isNeeded && this.node ? this.node : this.output);
    this.isOn = isNeeded;
  }
}
