// One version of the official Node client, as a program that transcribes over its socket: the twin
// of python_realtime.py. Its arguments are the folder in which that version is installed, the
// module of the socket, and the address.

import { pathToFileURL } from "node:url";

const [folder, module, baseURL] = process.argv.slice(2);
const installed = pathToFileURL(`${folder}/node_modules/openai/index.mjs`);
const { default: OpenAI } = await import(installed);
const sockets = await import(new URL(module, installed));
const Socket = sockets.OpenAIRealtimeWS ?? sockets.OpenAIRealtimeWebSocket;
const isBeta = module.startsWith("beta/");
const MODEL = "gpt-4o-transcribe";
const LAST = "conversation.item.input_audio_transcription.completed";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const samples = Buffer.concat(chunks);

const client = new OpenAI({ apiKey: "none", baseURL, dangerouslyAllowBrowser: true });
const connection = new Socket({ model: MODEL, dangerouslyAllowBrowser: true }, client);
const types = [];

function configure() {
  const transcription = { model: MODEL, language: "en" };
  const turnDetection = { type: "server_vad", silence_duration_ms: 300 };
  if (isBeta) {
    connection.send({
      type: "transcription_session.update",
      session: { input_audio_transcription: transcription, turn_detection: turnDetection },
    });
    return;
  }
  const input = {
    format: { type: "audio/pcm", rate: 24000 },
    transcription,
    turn_detection: turnDetection,
  };
  connection.send({
    type: "session.update",
    session: { type: "transcription", audio: { input } },
  });
}

connection.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
connection.on("event", (event) => {
  types.push(event.type);
  if (types.length === 1) {
    configure();
    for (let start = 0; start < samples.length; start += 4800) {
      const audio = samples.subarray(start, start + 4800).toString("base64");
      connection.send({ type: "input_audio_buffer.append", audio });
    }
  }
  if (event.type === LAST) {
    console.log(JSON.stringify({ types, transcript: event.transcript }));
    connection.close();
  }
});
