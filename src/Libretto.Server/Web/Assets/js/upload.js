// @ts-check
// Takes files from the user and sends them to the API, telling how far each is.

/** @typedef {{ invokeMethodAsync(method: string, ...values: any[]): Promise<any> }} View */

import { leave, receive } from "./drops.js";

const TELL_EVERY = 100;
const WISHES = "libretto.wishes";

export class Uploads {
  /** @param {HTMLElement} zone @param {HTMLInputElement} input @param {View} view */
  constructor(zone, input, view) {
    this.view = view;
    this.zone = zone;
    /** @type {Map<string, File>} */
    this.files = new Map();
    /** @type {Map<string, XMLHttpRequest>} */
    this.running = new Map();
    this.count = 0;
    this.gone = new AbortController();
    const { signal } = this.gone;
    const chosen = () => {
      this.take([...(input.files ?? [])], false);
      input.value = "";
    };
    input.addEventListener("change", chosen, { signal });
    // Who was faster than this script has chosen already.
    if (input.files?.length) chosen();
    receive(this);
    addEventListener("beforeunload", (event) => this.running.size > 0 && event.preventDefault(), { signal });
  }

  /** Sends a file. @param {string} id @param {string} options JSON @param {string | null} lyrics */
  send(id, options, lyrics) {
    const file = this.files.get(id);
    if (!file) return;
    const form = new FormData();
    // First what is small: the server may refuse it before it has the song.
    form.append("options", options);
    if (lyrics) form.append("lyrics", lyrics);
    form.append("file", file, file.name);
    this.#post(id, form);
  }

  /** Sends JSON. @param {string} id @param {string} json @param {string} path */
  sendJson(id, json, path = "api/jobs") {
    this.#post(id, new Blob([json], { type: "application/json" }), path);
  }

  /** Sends a file that is a list of songs. @param {string} id @param {string} options JSON */
  sendList(id, options) {
    const file = this.files.get(id);
    if (!file) return;
    const form = new FormData();
    form.append("options", options);
    form.append("file", file, file.name);
    this.#post(id, form, "api/lists");
  }

  /** Gives an upload up. @param {string} id */
  stop(id) {
    this.running.get(id)?.abort();
    this.running.delete(id);
    this.#mark();
    this.files.delete(id);
  }

  /** What was wished the last time, as JSON; null at the first. */
  wishes() {
    return localStorage.getItem(WISHES);
  }

  /** @param {string} json */
  remember(json) {
    localStorage.setItem(WISHES, json);
  }

  /** The song to try, as if it had been dropped. @param {string} address @param {string} name */
  async sample(address, name) {
    const answer = await fetch(address);
    this.take([new File([await answer.blob()], name, { type: "audio/ogg" })], true);
  }

  close() {
    leave(this);
    this.gone.abort();
    for (const request of this.running.values()) request.abort();
  }

  /** Files that the server has not taken. */
  left() {
    return [...this.files.values()];
  }

  /** @param {File[]} files @param {boolean} isDropped whether they are to be sent at once */
  take(files, isDropped) {
    const chosen = files.map((file) => {
      const id = `file-${++this.count}`;
      this.files.set(id, file);
      return { id, name: file.name, size: file.size };
    });
    if (chosen.length) this.view.invokeMethodAsync("FilesChosen", chosen, isDropped);
  }

  /** @param {string} id @param {XMLHttpRequestBodyInit} body @param {string} path */
  #post(id, body, path = "api/jobs") {
    const request = new XMLHttpRequest();
    this.running.set(id, request);
    this.#mark();
    let toldAt = 0;
    request.upload.onprogress = (event) => {
      if (performance.now() - toldAt < TELL_EVERY || !event.lengthComputable) return;
      toldAt = performance.now();
      this.view.invokeMethodAsync("Sending", id, event.loaded / event.total);
    };
    const end = (/** @type {number} */ status, /** @type {string} */ text) => {
      this.running.delete(id);
      this.#mark();
      if (status === 202) this.files.delete(id);
      this.view.invokeMethodAsync("Answered", id, status, text);
    };
    request.onload = () => end(request.status, request.responseText);
    request.onerror = () => end(0, "");
    request.open("POST", path);
    request.setRequestHeader("Idempotency-Key", crypto.randomUUID());
    request.send(body);
  }

  #mark() {
    this.zone.toggleAttribute("data-busy", this.running.size > 0);
  }
}

/** @param {HTMLElement} zone @param {HTMLInputElement} input @param {View} view */
export function open(zone, input, view) {
  return new Uploads(zone, input, view);
}
