// The front page: what each part does when a person uses it.

import { addFiles, chosenFiles } from "./chosen.js";
import { clock } from "./clock.js";
import { curlCommand, showDownloads } from "./downloads.js";
import { showEngines } from "./engines.js";
import { postForm } from "./gateway.js";
import { forgetJob, JOBS, rememberedJob, resultOf, submitJob } from "./jobs.js";
import { currentKey, startKey } from "./key.js";
import { startMicrophone } from "./microphone.js";
import { Player } from "./player.js";
import { showVoices, startSpeech } from "./speech.js";
import { showTranscript } from "./transcript.js";

const LABEL_MERGE = "/api/audio/label-merge";
const TEXTS = ["txt", "srt", "vtt", "rttm"];
const STATE_EVERY_MS = 30_000;
const JOB_STATES = {
  queued: "In the queue: a worker will begin …",
  running: "The engines are listening …",
  unreachable: "The gateway cannot be reached. The job goes on; asking again …",
  done: "Done.",
};
const part = (id) => document.getElementById(id);
let player = null;

function showProblem(message) {
  part("problem").textContent = message;
  part("problem").hidden = !message;
}

function buildForm(files, { isJob }) {
  const form = new FormData();
  if (isJob) form.append("kind", "label-merge");
  for (const field of ["mic_file", "system_file", "file"]) {
    if (files.has(field)) form.append(field, files.get(field));
  }
  form.append("timeline", files.get("timeline") ?? "[]");
  if (files.has("mic_file")) form.append("self_name", part("self-name").value.trim() || part("self-name").defaultValue);
  else form.append("transcribe", "true");
  form.append("rule", part("rule").value);
  if (part("speakers").value) form.append("num_speakers", part("speakers").value);
  if (part("store")?.checked) {
    form.append("store", "true");
    form.append("keep_audio", String(part("keep-audio").checked));
  }
  for (const format of TEXTS) form.append("formats[]", format);
  return form;
}

function refusalBeforeSending(files) {
  const recordings = [...files].filter(([role]) => role !== "timeline").map(([, file]) => file);
  if (!recordings.length) return "Choose a recording first, or record one.";
  const sum = recordings.reduce((bytes, file) => bytes + file.size, 0) / 2 ** 20;
  const most = Number(document.body.dataset.maxUploadMb);
  if (sum > most) return `These recordings have ${Math.ceil(sum)} MB; this gateway takes at most ${most} MB (MAX_UPLOAD_MB).`;
  return "";
}

/** Show the progress of a request until the returned functions are called. */
function startProgress(names) {
  const started = Date.now();
  const timer = setInterval(() => { part("elapsed").textContent = clock((Date.now() - started) / 1000); }, 500);
  part("progress").hidden = false;
  part("progress-text").textContent = `Uploading ${names} …`;
  part("bar").value = 0;
  part("progress").scrollIntoView({ block: "nearest" });
  return {
    uploaded(share) {
      part("bar").value = share;
      if (share < 1) return;
      part("progress-text").textContent = "The engines are listening …";
      part("bar").removeAttribute("value");
    },
    job({ id, state, progress }) {
      part("progress-text").textContent = JOB_STATES[state] ?? "";
      if (state === "running" && progress > 0) part("bar").value = progress;
      else part("bar").removeAttribute("value");
      part("job").href = `${document.body.dataset.library}voiceprints/job/${id}/change/`;
      part("job-note").hidden = false;
    },
    end() {
      clearInterval(timer);
      if (part("job-note")) part("job-note").hidden = true;
      part("progress").hidden = true;
      part("elapsed").textContent = "";
    },
  };
}

/** Show an answer; without `recordings`, as after the page was loaded again, they cannot be played. */
function showResult(answer, { recordings, name, curl }) {
  player?.close();
  player = recordings.length ? new Player(part("player"), recordings) : null;
  part("player").hidden = !player;
  const seek = player ? (time) => player.play(time) : null;
  const follow = showTranscript(answer, { lanes: part("lanes"), list: part("blocks"), seek });
  player?.onTime(follow);
  part("warnings").replaceChildren(...(answer.warnings ?? []).map((warning) => {
    const shown = document.createElement("li");
    shown.textContent = warning.message;
    return shown;
  }));
  showFacts(answer);
  showDownloads(part("downloads"), answer, name.replace(/\.[^.]+$/, ""));
  part("curl").textContent = curl;
  part("result").hidden = false;
  part("result-title").focus({ preventScroll: true });
  part("result").scrollIntoView();
}

function showFacts(answer) {
  const named = new Set(answer.speakers.filter((one) => one.source !== "unmatched").map((one) => one.name));
  const all = new Set(answer.speakers.map((one) => one.name));
  const facts = part("result-facts");
  facts.textContent = `${clock(answer.duration)} · ${all.size === 1 ? "1 speaker" : `${all.size} speakers`}, ${named.size} named`;
  if (!answer.transcript_id) return;
  const link = document.createElement("a");
  link.href = `${document.body.dataset.library}voiceprints/transcript/${answer.transcript_id}/change/`;
  link.textContent = "open in the voice library";
  facts.append(" · ", link);
}

/** Wait for an answer under a progress bar, which can be cancelled, and show it. */
async function answered(names, about, ask) {
  const cancelling = new AbortController();
  const progress = startProgress(names);
  const cancel = () => cancelling.abort();
  part("cancel").addEventListener("click", cancel);
  part("cancel").hidden = false;
  part("send").disabled = true;
  try {
    const watching = { onUpload: progress.uploaded, onState: progress.job, signal: cancelling.signal };
    showResult(await ask(watching), about);
  } catch (failure) {
    forgetJob();
    showProblem(failure.name === "AbortError" ? "Cancelled. Nothing was transcribed." : failure.message);
  }
  progress.end();
  part("cancel").removeEventListener("click", cancel);
  part("cancel").hidden = true;
  part("send").disabled = false;
}

async function transcribe() {
  const files = chosenFiles();
  const refusal = refusalBeforeSending(files);
  showProblem(refusal);
  if (refusal) return;
  forgetJob();
  const isJob = Boolean(part("as-job")?.checked);
  const form = buildForm(files, { isJob });
  const path = isJob ? JOBS : LABEL_MERGE;
  const recordings = [...files].filter(([role]) => role !== "timeline").map(([, file]) => file);
  const [{ name }] = recordings;
  const curl = curlCommand(location.origin + path, form, { hasKey: Boolean(currentKey()) });
  const names = [...files].map(([, file]) => file.name).join(", ");
  await answered(names, { recordings, name, curl }, async (watching) => {
    if (!isJob) return postForm(path, form, watching);
    return resultOf(await submitJob(form, { name, curl }, watching), watching);
  });
}

/** Find the job of this tab again, after the page was loaded anew or left. */
async function resumeJob() {
  const job = rememberedJob();
  if (!job || !part("as-job")) return;
  part("as-job").checked = true;
  const { id, name, curl } = job;
  await answered(name, { recordings: [], name, curl }, (watching) => resultOf({ id, state: "queued" }, watching));
}

function startDropping() {
  const drop = part("drop");
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  // Also beside the frame: else the browser would leave the page for the dropped file.
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    drop.classList.remove("over");
    showProblem(addFiles(event.dataTransfer.files));
  });
  part("files").addEventListener("change", () => {
    showProblem(addFiles(part("files").files));
    part("files").value = "";
  });
  // Files that were chosen before this script ran.
  if (part("files").files.length) part("files").dispatchEvent(new Event("change"));
}

function startCopying() {
  part("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(part("curl").textContent);
      part("copy").textContent = "Copied";
    } catch {
      // Without HTTPS there is no clipboard: the text is selected instead.
      getSelection().selectAllChildren(part("curl"));
    }
  });
}

// The library links here to add a recording.
if (location.hash === "#store" && part("store")) {
  part("store").checked = part("keep-audio").checked = true;
  part("store").closest("details").open = true;
}
startKey(() => { showEngines(); showVoices(); });
startDropping();
startMicrophone((file) => showProblem(addFiles([file])), showProblem);
startCopying();
startSpeech();
part("transcribe").addEventListener("submit", (event) => {
  event.preventDefault();
  transcribe();
});
// Before, the browser would send the form itself, to nowhere.
part("send").disabled = false;
showEngines();
showVoices();
resumeJob();
setInterval(() => { if (!document.hidden) showEngines(); }, STATE_EVERY_MS);
