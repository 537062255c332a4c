// @ts-check
// Draws a song as a waveform with the stretches where someone sings, and tells where it was touched.

/** @typedef {{ rate: number, peaks: number[], voice: [number, number][] }} Shape
    peaks a second, their heights 0-255, and voice in seconds */

export class Waveform {
  /**
   * @param {HTMLElement} holder a role=slider element with a canvas in it
   * @param {number} duration seconds
   * @param {(seconds: number) => void} seek
   */
  constructor(holder, duration, seek) {
    this.holder = holder;
    this.canvas = /** @type {HTMLCanvasElement} */ (holder.querySelector("canvas"));
    this.duration = duration;
    /** @type {Shape | null} */
    this.shape = null;
    /** The moment shown, seconds, and its pixel. */
    this.time = 0;
    this.at = -1;
    this.resize = new ResizeObserver(() => this.draw(this.time, true));
    this.resize.observe(holder);
    const toSeek = (/** @type {PointerEvent} */ event) => {
      const box = holder.getBoundingClientRect();
      seek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.duration);
    };
    holder.addEventListener("pointerdown", (event) => {
      holder.setPointerCapture(event.pointerId);
      toSeek(event);
    });
    holder.addEventListener("pointermove", (event) => event.buttons === 1 && holder.hasPointerCapture(event.pointerId) && toSeek(event));
  }

  /** @param {string} url */
  async load(url) {
    const answer = await fetch(url);
    if (!answer.ok) return;
    this.shape = await answer.json();
    this.draw(this.time, true);
  }

  close() {
    this.resize.disconnect();
  }

  /** @param {number} time seconds @param {boolean} [anew] whether more than the time has changed */
  draw(time, anew = false) {
    const width = this.holder.clientWidth, height = this.holder.clientHeight, dots = devicePixelRatio || 1;
    const x = Math.round((time / Math.max(0.001, this.duration)) * width);
    this.time = time;
    if (!anew && x === this.at) return;
    this.at = x;
    const { canvas, shape } = this;
    if (canvas.width !== width * dots || canvas.height !== height * dots) [canvas.width, canvas.height] = [width * dots, height * dots];
    const pen = canvas.getContext("2d");
    if (!pen || width === 0) return;
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(this.holder);
    const [ahead, behind, voice] = ["--wave", "--accent", "--wave-voice"].map((name) => style.getPropertyValue(name));
    const middle = (height - 6) / 2;
    const bar = 3, gap = 1;
    for (let left = 0; left < width; left += bar + gap) {
      const from = (left / width) * this.duration, to = ((left + bar) / width) * this.duration;
      const level = shape ? highest(shape.peaks, from * shape.rate, to * shape.rate) / 255 : 0.06;
      const half = Math.max(1, level * middle);
      pen.fillStyle = left < x ? behind : ahead;
      pen.fillRect(left, middle - half, bar, half * 2);
    }
    pen.fillStyle = voice;
    for (const [from, to] of shape?.voice ?? [])
      pen.fillRect((from / this.duration) * width, height - 3, Math.max(1, ((to - from) / this.duration) * width), 3);
    pen.fillStyle = behind;
    pen.fillRect(x - 1, 0, 2, height);
  }
}

/** The highest of the peaks between two places. @param {number[]} peaks @param {number} from @param {number} to */
export function highest(peaks, from, to) {
  let top = 0;
  for (let i = Math.floor(from); i <= to && i < peaks.length; i++) if (peaks[i] > top) top = peaks[i];
  return top;
}
