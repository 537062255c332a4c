// The Model Context Protocol's own client against a server: node tools.mjs ADDRESS JOB
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [address, job] = process.argv.slice(2);
const client = new Client({ name: "test", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(address)));
const { tools } = await client.listTools();
const call = async (name, args) => {
  const answer = await client.callTool({ name, arguments: args });
  return { text: answer.content[0].text, isError: answer.isError === true };
};
console.log(JSON.stringify({
  server: client.getServerVersion().name,
  tools: tools.map((tool) => tool.name).sort(),
  status: await call("status", { id: job }),
  lyrics: await call("lyrics", { id: job, format: "txt" }),
  unknown: await call("status", { id: "nobody" }),
  refused: await call("transcribe", { url: "no address" }),
  format: await call("lyrics", { id: job, format: "pdf" }),
}));
await client.close();
