// The result as files, and the curl command that asks for the same.

const TYPES = { json: "application/json", txt: "text/plain", srt: "application/x-subrip", vtt: "text/vtt", rttm: "text/plain" };
let urls = [];

/** Show a link for each format of an answer, named after the recording. */
export function showDownloads(place, answer, name) {
  urls.forEach((url) => URL.revokeObjectURL(url));
  const { formats = {}, ...plain } = answer;
  const contents = { json: `${JSON.stringify(plain, null, 1)}\n`, ...formats };
  const links = Object.entries(contents).map(([format, content]) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: `${TYPES[format] ?? "text/plain"};charset=utf-8` }));
    link.download = `${name}.${format}`;
    link.className = "button plain";
    link.textContent = format;
    return link;
  });
  urls = links.map((link) => link.href);
  place.replaceChildren(...links);
}

function shell(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Return how curl sends a file: it takes quotes around names that have a comma or a semicolon. */
function fileArgument(field, name) {
  const path = /[,;"\\]/.test(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : name;
  return `-F ${shell(`${field}=@${path}`)}`;
}

/** Return the command that sends this form, from the folder of its files. */
export function curlCommand(url, form, { hasKey }) {
  const sent = [...form].filter(([field]) => field !== "formats[]");
  const lines = sent.map(([field, value]) => (value instanceof File
    ? fileArgument(field, value.name)
    : `--form-string ${shell(`${field}=${value}`)}`));
  const key = hasKey ? ['-H "Authorization: Bearer $SPARK_CONTROL_KEY"'] : [];
  return [`curl ${shell(url)}`, ...key, ...lines].join(" \\\n  ");
}
