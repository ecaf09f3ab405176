// A long recording as a job: submitted, watched until it ends, and cancelled.

import { deleteAt, getJson, postForm, Refusal, Unreachable } from "./gateway.js";

export const JOBS = "/api/jobs";
const ASK_EVERY_MS = 1000;
const REMEMBERED = "spark-control-job";

/** Wait; the wait ends early when `signal` is aborted. */
function pause(signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ASK_EVERY_MS);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/** Submit a form; only an upload is aborted, because a job that was submitted is to be deleted. */
async function submit(form, { onUpload, signal }) {
  const uploading = new AbortController();
  let share = 0;
  signal.addEventListener("abort", () => { if (share < 1) uploading.abort(); });
  const watched = (now) => { share = now; onUpload(now); };
  return postForm(JOBS, form, { onUpload: watched, signal: uploading.signal });
}

async function ended(job, { onState, signal }) {
  while (["queued", "running"].includes(job.state)) {
    await pause(signal);
    if (signal.aborted) {
      await deleteAt(`${JOBS}/${job.id}`);
      throw new Refusal("The job was cancelled.");
    }
    try {
      job = await getJson(`${JOBS}/${job.id}`);
      onState(job);
    } catch (failure) {
      // The job goes on, so the page asks again until the gateway can be reached.
      if (!(failure instanceof Unreachable)) throw failure;
      onState({ ...job, state: "unreachable" });
    }
  }
  return job;
}

/** Return what this tab remembers of its job, or null: `id`, the `name` of its recordings, the `curl` command. */
export function rememberedJob() {
  return JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "null");
}

export function forgetJob() {
  sessionStorage.removeItem(REMEMBERED);
}

/**
 * Submit a form as a job, which this tab remembers with the facts `about` it.
 *
 * `onUpload` gets the share that is uploaded; the upload ends when `signal` is aborted.
 */
export async function submitJob(form, about, { onUpload, signal }) {
  const job = await submit(form, { onUpload, signal });
  sessionStorage.setItem(REMEMBERED, JSON.stringify({ id: job.id, ...about }));
  return job;
}

/**
 * Return the result of a job when it ends.
 *
 * `onState` gets the job whenever it was asked for; the job is cancelled when `signal` is aborted.
 */
export async function resultOf(submitted, { onState, signal }) {
  onState(submitted);
  const job = await ended(submitted, { onState, signal });
  if (job.state === "done") return job.transcript_id ? { ...job.result, transcript_id: job.transcript_id } : job.result;
  throw new Refusal(job.error?.message ?? "The job was cancelled elsewhere, so there is no transcript.");
}
