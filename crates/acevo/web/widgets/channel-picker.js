// The channels of a comparison, and layouts of channels with names, which are kept in this browser.

import { DEFAULT_CHANNELS } from '../lib/comparison.js';
import { el, setHidden, withAttributes } from '../lib/dom.js';
import { keepJson, keptJson } from '../lib/settings.js';
import { button, selectField } from './form.js';

const KEY = 'compare-layouts';
const MAX_NAME = 40;
/** The most channels that are shown together. */
const MAX_CHANNELS = 24;
/** Layouts that everybody has. */
const PRESETS = {
  Driving: DEFAULT_CHANNELS,
  'Grip and slip': ['speed', 'g_lateral', 'g_longitudinal', 'slip_ratio_fl', 'slip_ratio_fr', 'slip_ratio_rl', 'slip_ratio_rr'],
  Tyres: ['speed', 'tyre_temp_core_fl', 'tyre_temp_core_fr', 'tyre_temp_core_rl', 'tyre_temp_core_rr', 'tyre_pressure_fl', 'tyre_pressure_rl'],
  Engine: ['speed', 'rpm', 'gear', 'throttle', 'fuel'],
};

/** The layouts that this browser keeps: channels by name. Anything else that is stored is ignored. */
export function keptLayouts(stored = keptJson(KEY)) {
  const isLayout = ([, ids]) => Array.isArray(ids) && ids.every((id) => typeof id === 'string');
  return stored && typeof stored === 'object' ? Object.fromEntries(Object.entries(stored).filter(isLayout)) : {};
}

/** `channels()` returns the chosen ones, and `chosen(ids)` is called with others. */
export function channelPicker(root, { channels, chosen }) {
  let catalogue = new Map();
  let own = keptLayouts();
  const layout = selectField('Channels', [], (name) => choose({ ...PRESETS, ...own }[name] ?? channels()));
  const search = withAttributes(el('input', 'entry'), { type: 'search', placeholder: 'Find a channel', 'aria-label': 'Find a channel', autocomplete: 'off' });
  const list = el('div', 'channel-list');
  const name = withAttributes(el('input', 'entry'), { type: 'text', maxlength: String(MAX_NAME), placeholder: 'Name of the layout', 'aria-label': 'Name of the layout', autocomplete: 'off' });
  const save = el('form', 'channel-save', name, withAttributes(el('button', 'tool', 'Save'), { type: 'submit' }), button('Delete', remove));
  const details = el('details', 'channel-details', el('summary', 'tool', 'Choose …'), el('div', 'channel-panel', search, list, save));
  root.append(layout.node, details);

  save.addEventListener('submit', (event) => {
    event.preventDefault();
    const title = name.value.trim();
    if (!title) return;
    own = { ...own, [title]: [...channels()] };
    keepJson(KEY, own);
    show();
  });
  search.addEventListener('input', filter);
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    details.open = false;
    details.querySelector('summary').focus();
  });

  function remove() {
    own = Object.fromEntries(Object.entries(own).filter(([title]) => title !== name.value.trim()));
    keepJson(KEY, own);
    show();
  }

  function choose(ids) {
    chosen([...new Set(ids)].slice(0, MAX_CHANNELS));
    show();
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of list.children) setHidden(row, !words.every((word) => row.dataset.text.includes(word)));
  }

  function addRow(entry) {
    const input = withAttributes(el('input'), { type: 'checkbox', value: entry.id });
    input.addEventListener('change', () => choose(input.checked ? [...channels(), entry.id] : channels().filter((id) => id !== entry.id)));
    const row = el('label', 'channel-row', input, el('span', '', entry.title));
    row.dataset.text = `${entry.title} ${entry.id}`.toLowerCase();
    list.append(row);
  }

  function show() {
    const ids = channels();
    const layouts = { ...PRESETS, ...own };
    const same = Object.entries(layouts).find(([, other]) => other.join() === ids.join())?.[0] ?? '';
    layout.fill([...(same ? [] : [['', 'Own choice']]), ...Object.keys(layouts).map((title) => [title, title])]);
    layout.set(same);
    for (const { firstChild: input } of list.children) input.checked = ids.includes(input.value);
  }

  return {
    show,
    take(entries) {
      catalogue = entries;
      list.replaceChildren();
      for (const entry of catalogue.values()) addRow(entry);
      show();
    },
  };
}
