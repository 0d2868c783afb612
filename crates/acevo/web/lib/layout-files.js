// The layouts that the server keeps.

import { send } from './send.js';

const PATH = '/api/layouts';
const pathOf = (name) => `${PATH}/${encodeURIComponent(name)}`;

/** The list of layouts, `[]` if it cannot be loaded. */
export async function listLayouts() {
  const { answer } = await send('GET', PATH);
  return Array.isArray(answer?.layouts) ? answer.layouts : [];
}

/** Loads a layout: the `answer` of `send`. */
export const loadLayout = (name) => send('GET', pathOf(name));

/** Saves a layout. With `isNew` an existing one is not replaced: the status is 409. */
export const saveLayout = (name, layout, isNew) => send('PUT', pathOf(name), layout, fetch, isNew ? { 'If-None-Match': '*' } : {});

export const removeLayout = (name) => send('DELETE', pathOf(name));

/** The path and the query of a layout's page. `more` are further parameters. */
export function layoutAddress(name, more = {}) {
  const query = Object.entries({ layout: name, ...more }).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `/overlay?${query.join('&')}`;
}
