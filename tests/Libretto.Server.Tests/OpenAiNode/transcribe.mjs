// usage: node transcribe.mjs BASE_URL FILE: what a user of OpenAI's own client writes.
import fs from "node:fs";
import OpenAI from "openai";

const [baseURL, file] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any" });
const song = () => fs.createReadStream(file);

const plain = await client.audio.transcriptions.create({ file: song(), model: "whisper-1" });
const verbose = await client.audio.transcriptions.create({
  file: song(), model: "whisper-1", language: "en", response_format: "verbose_json", timestamp_granularities: ["word", "segment"],
});
const srt = await client.audio.transcriptions.create({ file: song(), model: "whisper-1", response_format: "srt" });
const models = await client.models.list();
let refusal = null;
try {
  await client.audio.transcriptions.create({ file: song(), model: "whisper-1", language: "xx" });
} catch (error) {
  refusal = { status: error.status, code: error.code, name: error.constructor.name };
}
console.log(JSON.stringify({ text: plain.text, verbose, srt, models: models.data.map((model) => model.id), refusal }));
