// The library of the server: sessions and laps of all recordings. `docs/web-api.md` describes its documents.

import { decodeSamples } from './samples.js';
import { receive, send } from './send.js';

const BASE = '/api/library';
/** Recordings that are larger are refused by the server. */
const MAX_IMPORT_BYTES = 2 * 1000 ** 3;

/** The query of filters; empty ones are left out. */
function queryOf(filters) {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== '' && value !== null && value !== undefined));
  return query.size ? `?${query}` : '';
}

export const sessions = (filters) => receive(`${BASE}/sessions${queryOf(filters)}`);
export const session = (id) => receive(`${BASE}/sessions/${id}`);
export const bests = ({ track, layout, car }) => receive(`${BASE}/bests${queryOf({ track, layout, car })}`);
export const progress = ({ track, layout, car }) => receive(`${BASE}/progress?${new URLSearchParams({ track, layout, car })}`);
export const saveNotes = (id, notes) => send('PUT', `${BASE}/sessions/${id}`, notes);
export const remove = (id) => send('DELETE', `${BASE}/sessions/${id}`, {});
export const undoRemove = (undo) => send('POST', `${BASE}/undo`, { undo });

const ofTrack = (kind, track, layout) => `${BASE}/${kind}?${new URLSearchParams({ track, layout })}`;
export const saveCorners = (track, layout, content) => send('PUT', ofTrack('corners', track, layout), content);
export const sectors = (track, layout) => receive(ofTrack('sectors', track, layout));
export const saveSectors = (track, layout, content) => send('PUT', ofTrack('sectors', track, layout), content);
/** The corners of a lap's track, its figures in them, and the time lost there to another lap. */
export const cornerLosses = (lap, against) => receive(`${BASE}/laps/${lap}/corners${queryOf({ against })}`);

/** Later laps with this car on this track are compared with this lap; or not any more. */
export const chooseReference = (lap) => send('POST', `${BASE}/laps/${lap}/reference`, {});
export const removeReference = (lap) => send('DELETE', `${BASE}/laps/${lap}/reference`, {});

/** Addresses of a lap as a file to download. */
export const lapFile = (lap) => `${BASE}/laps/${lap}/file`;
export const lapTable = (lap) => `${BASE}/laps/${lap}/csv`;
export const lapPicture = (lap, against = '') => `${BASE}/laps/${lap}/png${queryOf({ against })}`;

/** The samples of a lap: `{samples}`, or `{problem}` in words. */
export async function samples(lap, channels) {
  try {
    const response = await fetch(`${BASE}/laps/${lap}/samples?channels=${channels.join(',')}`, { cache: 'no-store' });
    if (!response.ok) return { problem: (await response.text()).trim() || `acevo has answered with the error ${response.status}.` };
    const decoded = decodeSamples(await response.arrayBuffer());
    return decoded ? { samples: decoded } : { problem: 'The answer of acevo cannot be read: reload this page.' };
  } catch {
    return { problem: 'acevo cannot be reached.' };
  }
}

/** Sends a recording from this computer to the library. Returns what `send` returns; the answer has the ids of its `sessions`. */
export function importFile(file) {
  if (file.size > MAX_IMPORT_BYTES) return { ok: false, text: `${file.name} is larger than 2 GB: copy it into the folder of recordings.` };
  return receive(`${BASE}/import?${new URLSearchParams({ name: file.name })}`, (path, options) => fetch(path, {
    ...options, method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file,
  }));
}
