// One version of the official Node client, as a program that is told what to call: the twin of
// python_driver.py. Its argument is the folder in which that version is installed.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const installed = pathToFileURL(`${process.argv[2]}/node_modules/openai/index.mjs`);
const { default: OpenAI, toFile } = await import(installed);
const { VERSION } = await import(new URL("version.mjs", installed));

let retries = null;

function clientFor(call) {
  return new OpenAI({
    baseURL: call.base_url,
    apiKey: call.api_key,
    maxRetries: call.max_retries,
    fetch: (url, init) => {
      retries = new Headers(init.headers).get("x-stainless-retry-count");
      return fetch(url, init);
    },
  });
}

const operations = {
  async version() {
    return { kind: "str", value: VERSION };
  },

  async transcribe(client, call) {
    const file = await fileOf(call);
    const said = await client.audio.transcriptions.create({ file, ...call.fields });
    if (!call.fields.stream) return value(said);
    const events = [];
    for await (const event of said) events.push(event);
    return { kind: "events", value: events };
  },

  async translate(client, call) {
    const file = await fileOf(call);
    return value(await client.audio.translations.create({ file, ...call.fields }));
  },

  async speak(client, call) {
    const spoken = await client.audio.speech.create(call.fields);
    const audio = Buffer.from(await spoken.arrayBuffer());
    const headers = Object.fromEntries(spoken.headers);
    return { kind: spoken.constructor.name, value: audio.toString("base64"), headers };
  },

  async begin_to_speak(client, call) {
    const spoken = await client.audio.speech.create(call.fields);
    const reader = spoken.body.getReader();
    const first = await reader.read();
    await reader.cancel();
    return { kind: "bytes", value: Buffer.from(first.value).toString("base64") };
  },

  async list_models(client) {
    const page = await client.models.list();
    return { kind: page.constructor.name, value: { object: page.object, data: page.data } };
  },

  async retrieve_model(client, call) {
    return value(await client.models.retrieve(call.fields.model));
  },
};

async function fileOf(call) {
  const { content, name, type } = call.file;
  return toFile(Buffer.from(content, "base64"), name ?? "upload", type ? { type } : undefined);
}

function value(said) {
  const kind = typeof said === "string" ? "str" : said.constructor.name;
  return { kind, value: said, request_id: said._request_id ?? null };
}

function told(error) {
  const kinds = [];
  for (let kind = error.constructor; kind.name; kind = Object.getPrototypeOf(kind)) {
    kinds.push(kind.name);
  }
  return {
    kinds,
    message: error.message,
    status: error.status ?? null,
    code: error.code ?? null,
    param: error.param ?? null,
    request_id: error.requestID ?? null,
    headers: error.headers ? Object.fromEntries(error.headers) : {},
    retries,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  let seen;
  try {
    seen = await operations[call.operation](clientFor(call), call);
  } catch (error) {
    seen = { raised: told(error) };
  }
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}
