// Vercel's AI SDK, as a program: see tests/clients/program.py. Its argument is the folder in which
// the SDK is installed.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const installed = createRequire(pathToFileURL(`${process.argv[2]}/package.json`));
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const {
  experimental_generateSpeech: generateSpeech,
  experimental_streamTranscribe: streamTranscribe,
  experimental_transcribe: transcribe,
} = await load("ai");
const { createOpenAI } = await load("@ai-sdk/openai");

const operations = {
  async transcribe(openai, call) {
    const heard = await transcribe({
      model: openai.transcription(call.model),
      audio: Buffer.from(call.recording, "base64"),
      providerOptions: { openai: call.options },
      maxRetries: 0,
    });
    const { text, segments, words, language, durationInSeconds, warnings } = heard;
    const speakers = heard.providerMetadata?.openai?.segments ?? [];
    return { text, segments, words, language, durationInSeconds, warnings, speakers };
  },

  async listen(openai, call) {
    const samples = Buffer.from(call.samples, "base64");
    const parts = Array.from({ length: Math.ceil(samples.length / 4800) }, (_, part) =>
      samples.subarray(part * 4800, (part + 1) * 4800),
    );
    const heard = streamTranscribe({
      model: openai.transcription(call.model),
      audio: ReadableStream.from(parts),
      inputAudioFormat: { type: "audio/pcm", rate: 24000 },
      providerOptions: { openai: call.options },
    });
    const events = [];
    for await (const { type, delta, text } of heard.fullStream) events.push({ type, delta, text });
    return { text: await heard.text, events };
  },

  async speak(openai, call) {
    const spoken = await generateSpeech({
      model: openai.speech(call.model),
      text: call.text,
      voice: "alloy",
      ...call.options,
      maxRetries: 0,
    });
    const { base64, mediaType, format } = spoken.audio;
    return { audio: base64, mediaType, format, warnings: spoken.warnings };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  let answer;
  try {
    const openai = createOpenAI({ baseURL: call.base_url, apiKey: call.api_key ?? "none" });
    answer = { value: await operations[call.operation](openai, call) };
  } catch (error) {
    answer = { raised: `${error.name} ${error.statusCode ?? ""} ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
