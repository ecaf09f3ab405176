// The chosen files, and what each of them is: a recording, a track, or a timeline.

const ROLES = {
  file: "Recording",
  mic_file: "Microphone track",
  system_file: "System track: the others",
  timeline: "Timeline",
};
const TIMELINE_NAME = /\.(json|jsonl|ndjson|vtt|srt|rttm|txt|xml|csv|tsv)$/i;
const MIC_NAME = /(^|[^a-z])(mic|microphone|local|self|me)([^a-z]|$)/i;
const SYSTEM_NAME = /(^|[^a-z])(sys|system|speaker|speakers|remote|others|loopback|desktop)([^a-z]|$)/i;

const list = document.getElementById("chosen");
const selfName = document.getElementById("self-name-field");
let chosen = [];

function isTimeline(file) {
  return TIMELINE_NAME.test(file.name) || file.type.startsWith("text/") || file.type === "application/json";
}

/** Return the tracks of two recordings by their names; the first is the microphone's where these say nothing. */
function trackRoles([first, second]) {
  const isSwapped = SYSTEM_NAME.test(first.file.name) || MIC_NAME.test(second.file.name);
  const isSettled = MIC_NAME.test(first.file.name) || SYSTEM_NAME.test(second.file.name);
  return isSwapped && !isSettled ? ["system_file", "mic_file"] : ["mic_file", "system_file"];
}

function assignRoles() {
  const recordings = chosen.filter((one) => one.role !== "timeline");
  const roles = recordings.length === 2 ? trackRoles(recordings) : recordings.map(() => "file");
  recordings.forEach((one, number) => { one.role = roles[number]; });
}

/** Add files; return why one of them was not taken, or "". */
export function addFiles(files) {
  let problem = "";
  for (const file of files) {
    const role = isTimeline(file) ? "timeline" : "file";
    if (role === "timeline") chosen = chosen.filter((one) => one.role !== "timeline");
    else if (chosen.filter((one) => one.role !== "timeline").length === 2) {
      problem = `${file.name} was not added: expected one recording, or a microphone track and a system track. Remove one first.`;
      continue;
    }
    chosen.push({ file, role });
  }
  assignRoles();
  show();
  return problem;
}

/** Return the chosen files by the names of the request's fields. */
export function chosenFiles() {
  return new Map(chosen.map(({ file, role }) => [role, file]));
}

/** Swap the tracks where the other one is chosen, so that there is one of each. */
function changeRole(one, role) {
  if (role === "timeline" || one.role === "timeline" || role === "file") return;
  const other = chosen.find((each) => each !== one && each.role === role);
  if (other) other.role = one.role;
  one.role = role;
}

function roleChoice(one) {
  if (!one.role.startsWith("mic") && !one.role.startsWith("system")) {
    const text = document.createElement("span");
    text.className = "quiet";
    text.textContent = ROLES[one.role];
    return text;
  }
  const select = document.createElement("select");
  select.setAttribute("aria-label", `What ${one.file.name} is`);
  for (const role of ["mic_file", "system_file"]) {
    select.append(new Option(ROLES[role], role, false, role === one.role));
  }
  select.addEventListener("change", () => { changeRole(one, select.value); show(); });
  return select;
}

function row(one) {
  const shown = document.createElement("li");
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = one.file.name;
  const size = document.createElement("span");
  size.className = "quiet";
  size.textContent = one.file.size < 1e6 ? `${Math.ceil(one.file.size / 1e3)} kB` : `${(one.file.size / 1e6).toFixed(1)} MB`;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "plain small";
  remove.textContent = "Remove";
  remove.setAttribute("aria-label", `Remove ${one.file.name}`);
  remove.addEventListener("click", () => {
    chosen = chosen.filter((each) => each !== one);
    assignRoles();
    show();
    document.getElementById("files").focus();
  });
  shown.append(name, size, roleChoice(one), remove);
  return shown;
}

function show() {
  list.replaceChildren(...chosen.map(row));
  selfName.hidden = !chosen.some((one) => one.role === "mic_file");
}
