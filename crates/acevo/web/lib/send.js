// Requests that change something on the server. Their content is JSON, which other web pages cannot send.

const UNREACHABLE = 'acevo cannot be reached.';
const DENIED = 'Access denied: open the complete link of this page again.';

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Loads a document. Returns what `send` returns. */
export const receive = (path, load = fetch) => answered(() => load(path, { cache: 'no-store' }));

/**
 * Sends a request. Returns `ok`, the HTTP `status` (0 without an answer), the `answer` as JSON or `null`, and for errors a `text` in plain
 * words, which is empty if the answer is JSON. `headers` are additional ones.
 */
export function send(method, path, content, load = fetch, headers = {}) {
  return answered(() => load(path, { method, cache: 'no-store', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(content) }));
}

async function answered(request) {
  try {
    const response = await request();
    const body = await response.text();
    const answer = parsed(body);
    if (response.ok) return { ok: true, status: response.status, answer, text: '' };
    if (response.status === 401) return { ok: false, status: 401, answer: null, text: DENIED };
    const words = body.trim() || `acevo has answered with the error ${response.status}.`;
    return { ok: false, status: response.status, answer, text: answer ? '' : words.replaceAll('`', '') };
  } catch {
    return { ok: false, status: 0, answer: null, text: UNREACHABLE };
  }
}
