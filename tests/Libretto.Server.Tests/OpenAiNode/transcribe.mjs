// usage: node transcribe.mjs BASE_URL FILE: what a user of OpenAI's own client writes.
import fs from "node:fs";
import OpenAI, { toFile } from "openai";

const [baseURL, file] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any" });
const song = () => fs.createReadStream(file);
const transcribe = (wishes) => client.audio.transcriptions.create({ file: song(), model: "whisper-1", ...wishes });

const plain = await transcribe({});
const verbose = await transcribe({ language: "en", response_format: "verbose_json", timestamp_granularities: ["word", "segment"] });
const [text, srt, vtt] = [await transcribe({ response_format: "text" }), await transcribe({ response_format: "srt" }), await transcribe({ response_format: "vtt" })];

// What other clients send through it: blank fields, a field of another server's, a name with everything in it.
const odd = await client.audio.transcriptions.create({
  file: await toFile(fs.readFileSync(file), 'say "hi" 100% caf\u00e9 back\\slash \u{1F3B5}.wav'),
  model: "", language: "", prompt: "", temperature: 0, response_format: "json", stream: false, user: "anna", vad_filter: true,
}).withResponse();

const deltas = [];
let done = null;
for await (const event of await transcribe({ model: "gpt-4o-transcribe", stream: true })) {
  if (event.type === "transcript.text.delta") deltas.push(event.delta);
  else if (event.type === "transcript.text.done") done = event.text;
}

const models = await client.models.list();
const refusal = async (wishes) => {
  try {
    await transcribe(wishes);
    return null;
  } catch (error) {
    return { status: error.status, code: error.code, param: error.param, type: error.type, name: error.constructor.name };
  }
};
console.log(JSON.stringify({
  text: plain.text, verbose, plain: text, srt, vtt, streamed: deltas.join(""), done,
  odd: odd.data.text, warning: odd.response.headers.get("warning"),
  models: models.data.map((model) => model.id),
  refusal: await refusal({ language: "xx" }), unknown: await refusal({ model: "gpt-9" }),
}));
