// Transcribes 16-bit 16 kHz mono PCM by whisper.cpp and prints { words: [{ text, start }], options } as JSON.
// usage: node whisper-cpp.mjs MODEL.bin AUDIO.pcm LANGUAGE
import { readFile } from 'node:fs/promises'
import { initWhisper } from '@fugood/whisper.node'

const [model, audio, language] = process.argv.slice(2)
const options = { language, maxThreads: 2, beamSize: 5, temperature: 0, tokenTimestamps: true, maxLen: 1 }
const pcm = await readFile(audio)

const context = await initWhisper({ filePath: model, useGpu: false })
const { promise } = context.transcribeData(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength), options)
const { segments } = await promise
await context.release()

// A segment is a token here; one that begins with a space begins a word.
const words = []
for (const { text, t0 } of segments) {
  if (text.startsWith(' ') || words.length === 0) words.push({ text: text.trim(), start: t0 / 1000 })
  else words.at(-1).text += text
}
console.log(JSON.stringify({ options, words: words.filter((word) => word.text) }))
