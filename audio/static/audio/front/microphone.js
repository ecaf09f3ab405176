// A recording from the microphone.

import { clock } from "./clock.js";

const FORMATS = [["audio/webm;codecs=opus", "webm"], ["audio/ogg;codecs=opus", "ogg"], ["audio/mp4", "m4a"]];
const PROBLEMS = {
  NotAllowedError: "The browser does not let this page use the microphone. Allow it beside the address, then record again.",
  NotFoundError: "No microphone was found. Connect one, then record again.",
  NotReadableError: "Another program uses the microphone. Close it there, then record again.",
};
const NO_ACCESS = "Browsers let a page record only over HTTPS or on this machine (localhost). Open this page there, or choose a file.";

const button = document.getElementById("record");
const label = document.getElementById("record-label");
const level = document.getElementById("level");

/** Record on a click of the button, until the next one; `done` gets the file, `failed` the reason. */
export function startMicrophone(done, failed) {
  let recorder = null;
  button.addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    if (!navigator.mediaDevices) {
      failed(NO_ACCESS);
      return;
    }
    button.disabled = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      recorder = record(stream, (file) => { recorder = null; done(file); });
    } catch (error) {
      failed(PROBLEMS[error.name] ?? `Recording failed: ${error.message}`);
    }
    button.disabled = false;
  });
}

function record(stream, done) {
  const [type, suffix] = FORMATS.find(([name]) => MediaRecorder.isTypeSupported(name)) ?? ["", "webm"];
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  const parts = [];
  const stopMeter = showMeter(stream);
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    stopMeter();
    for (const track of stream.getTracks()) track.stop();
    const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    done(new File(parts, `recording-${time}.${suffix}`, { type: recorder.mimeType }));
  });
  recorder.start(1000);
  return recorder;
}

/** Show the time and the level until the returned function is called. */
function showMeter(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const started = Date.now();
  const update = () => {
    analyser.getFloatTimeDomainData(samples);
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    level.firstElementChild.style.transform = `scaleX(${Math.min(1, loudest * 1.6)})`;
    label.textContent = `Stop recording (${clock((Date.now() - started) / 1000)})`;
  };
  button.classList.add("recording");
  level.hidden = false;
  update();
  const timer = setInterval(update, 100);
  return () => {
    clearInterval(timer);
    context.close();
    button.classList.remove("recording");
    level.hidden = true;
    label.textContent = "Record from the microphone";
  };
}
