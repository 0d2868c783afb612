// All overlays with live values, and their addresses.

import { el, setHidden, setText, withAttributes } from '../lib/dom.js';
import { overlayOptions, plate } from '../lib/options.js';
import { units } from '../lib/units.js';
import { WIDGETS } from '../widgets/overlays.js';

const DEFAULTS = { units: 'game', scale: '1', background: '', accent: '56b4e9', seconds: '' };
const COPIED_MS = 1500;
const INTRO = 'Each address is a page with one widget, for a browser source of OBS or a window next to the game. Overlays are empty while there '
  + 'is no session, and reconnect by themselves.';
const SECRET = 'These addresses contain the token of this acevo: anyone on your network who knows it can see your telemetry. It changes at each start, '
  + 'unless acevo runs with --token-file.';

export function overlays(root, { resized }) {
  const chosen = { ...DEFAULTS };
  const secret = el('p', 'intro', SECRET);
  const controls = el('form', 'controls');
  controls.addEventListener('submit', (event) => event.preventDefault());
  const field = (label, input) => el('label', 'field', el('span', 'label', label), input);
  const select = (name, entries) => {
    const node = el('select');
    node.append(...entries.map(([value, text]) => withAttributes(el('option', '', text), { value })));
    node.value = chosen[name];
    node.addEventListener('change', () => set(name, node.value));
    return node;
  };
  const accent = withAttributes(el('input'), { type: 'color', value: `#${chosen.accent}` });
  accent.addEventListener('input', () => set('accent', accent.value.slice(1)));
  const ground = withAttributes(el('button', 'tool', 'Checkerboard'), { type: 'button', 'aria-pressed': 'true' });
  ground.addEventListener('click', () => {
    const plain = root.classList.toggle('plain');
    ground.setAttribute('aria-pressed', String(!plain));
  });
  controls.append(
    field('Scale', select('scale', ['0.5', '0.75', '1', '1.25', '1.5', '2', '3'].map((value) => [value, `${Number(value) * 100} %`]))),
    field('Background', select('background', [['', 'Dark'], ['none', 'None'], ['000000', 'Black'], ['00000066', 'Translucent']])),
    field('Accent', accent),
    field('Seconds', select('seconds', [['', 'Default'], ...['5', '10', '20', '30'].map((value) => [value, `${value} s`])])),
    ground,
  );
  const edit = withAttributes(el('a', 'tool', 'Edit layouts'), { href: '#layouts' });
  const layouts = el('div', 'layouts-link', el('p', 'intro', 'A layout is one page with several widgets, each at its place, for one browser source.'), edit);
  const cards = Object.entries(WIDGETS).map(([name, widget]) => card(name, widget, resized));
  root.append(layouts, el('p', 'intro', INTRO), secret, controls, el('div', 'cards', ...cards.map(({ node }) => node)));
  let version = -1;
  let connections = 0;
  let token = '';

  function set(name, value) {
    chosen[name] = value;
    apply();
  }

  function apply() {
    version = units.version;
    setHidden(secret, !token);
    for (const { apply: applyTo } of cards) applyTo(chosen, token);
    resized();
  }

  /** Asks for the token again after each reconnect, because a restarted acevo may have another one. */
  async function loadToken(model) {
    if (connections === model.connections) return;
    connections = model.connections;
    const access = await model.document('/api/token');
    token = access?.token ?? '';
    apply();
  }

  return {
    channels: [...new Set(Object.values(WIDGETS).flatMap(({ channels }) => channels))],
    update(model) {
      loadToken(model);
      if (version !== units.version) apply();
      for (const { update } of cards) update(model);
    },
  };
}

/** The query of an overlay's address: the token, and options that differ from their defaults. */
function queryOf(chosen, widget, token) {
  const query = new URLSearchParams();
  const options = { ...chosen, units: units.system, seconds: widget.seconds ? chosen.seconds : '' };
  if (token) query.set('token', token);
  for (const [name, value] of Object.entries(options)) if (value !== DEFAULTS[name]) query.set(name, value);
  return query;
}

function card(name, widget, resized) {
  const stage = el('div', 'stage');
  const address = withAttributes(el('input', 'address'), { type: 'text', readonly: '', spellcheck: 'false', 'aria-label': `Address of ${widget.title}` });
  const copy = withAttributes(el('button', 'tool', 'Copy'), { type: 'button' });
  const open = withAttributes(el('a', 'tool', 'Open'), { target: '_blank', rel: 'noopener' });
  const size = el('span', 'hint');
  const node = el('article', 'card', el('div', 'card-head', el('h2', '', widget.title), size), stage, el('div', 'card-foot', address, copy, open));
  const empty = el('p', 'hint stage-empty', 'Empty while there is no session');
  address.addEventListener('focus', () => address.select());
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(address.value);
    } catch {
      // The clipboard needs an encrypted page or this computer's own address. The old command works on others.
      address.select();
      document.execCommand('copy');
    }
    setText(copy, 'Copied');
    setTimeout(() => setText(copy, 'Copy'), COPIED_MS);
  });
  let root = null;
  let draw = null;
  let createdWith = '';
  let look = {};

  function apply(chosen, token) {
    const query = queryOf(chosen, widget, token);
    const text = query.toString();
    address.value = `${location.origin}/overlay/${name}${text ? `?${text}` : ''}`;
    open.href = address.value;
    const options = overlayOptions(query, widget);
    setText(size, `${Math.ceil(widget.size[0] * options.scale)} × ${Math.ceil(widget.size[1] * options.scale)}`);
    // Only this option needs a new widget; the others change its style.
    const key = String(options.seconds);
    if (createdWith !== key) {
      createdWith = key;
      root?.remove();
      root = el('div');
      stage.replaceChildren(root, empty);
      draw = widget.create(root, { ...options, resized });
    }
    look = options;
    fitPreview();
  }

  /** Gives the preview the size of the widget, or less if the card is narrower. */
  function fitPreview() {
    const room = stage.clientWidth - 2 * parseFloat(getComputedStyle(stage).paddingLeft);
    if (root && room > 0) plate(root, name, widget, { ...look, scale: Math.min(1, room / widget.size[0]) });
  }
  new ResizeObserver(fitPreview).observe(stage);

  return {
    node,
    apply,
    update(model) {
      setHidden(empty, model.hasTelemetry);
      if (!root) return;
      root.classList.toggle('empty', !model.hasTelemetry);
      if (model.hasTelemetry) draw(model);
    },
  };
}
