// The layouts that the server keeps.

const PATH = '/api/layouts';
const pathOf = (name) => `${PATH}/${encodeURIComponent(name)}`;
const NO_ANSWER = 'acevo does not answer.';

/** The list of layouts, `[]` if it cannot be loaded. */
export async function listLayouts() {
  try {
    const answer = await fetch(PATH, { cache: 'no-store' });
    const list = answer.ok ? await answer.json() : null;
    return Array.isArray(list?.layouts) ? list.layouts : [];
  } catch {
    return [];
  }
}

/** Sends a request. Returns `{status, text}`; the status is 0 without an answer, and then the text is the reason. */
async function send(name, options) {
  try {
    const answer = await fetch(pathOf(name), { cache: 'no-store', ...options });
    return { status: answer.status, text: (await answer.text()).trim() };
  } catch {
    return { status: 0, text: NO_ANSWER };
  }
}

export const loadLayout = (name) => send(name, {});

/** Saves a layout. With `isNew` an existing one is not replaced: the status is 409. */
export function saveLayout(name, layout, isNew) {
  const headers = { 'Content-Type': 'application/json', ...(isNew ? { 'If-None-Match': '*' } : {}) };
  return send(name, { method: 'PUT', headers, body: JSON.stringify(layout) });
}

export const removeLayout = (name) => send(name, { method: 'DELETE' });

/** The path and the query of a layout's page. `more` are further parameters. */
export function layoutAddress(name, more = {}) {
  const query = Object.entries({ layout: name, ...more }).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `/overlay?${query.join('&')}`;
}
