// All overlays with live values, and their addresses.

import { addressOf, basesOf } from '../lib/addresses.js';
import { el, setHidden, setText, withAttributes } from '../lib/dom.js';
import { overlayOptions, plate } from '../lib/options.js';
import { units } from '../lib/units.js';
import { addressList } from '../widgets/address.js';
import { WIDGETS } from '../widgets/overlays.js';

const DEFAULTS = { units: 'game', scale: '1', background: '', accent: '56b4e9', seconds: '' };
const INTRO = 'Each address is a page with one widget, for a browser source of OBS or a window next to the game. Overlays are empty while there '
  + 'is no session, and reconnect by themselves.';
const SECRET = 'Addresses for other devices contain the token of this acevo: anyone on your network who knows it can see your telemetry. It stays the same '
  + 'after a restart, unless the setting server.keep_token is off.';
const ONLY_HERE = 'Only this computer can open these addresses. For other devices, switch on the setting server.lan and restart acevo.';

export function overlays(root, { resized }) {
  const chosen = { ...DEFAULTS };
  const reach = el('p', 'intro');
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
  const network = el('select');
  const networkField = field('Network', network);
  setHidden(networkField, true);
  network.addEventListener('change', apply);
  controls.append(networkField);
  const cards = Object.entries(WIDGETS).map(([name, widget]) => card(name, widget, resized));
  root.append(layouts, el('p', 'intro', INTRO), reach, controls, el('div', 'cards', ...cards.map(({ node }) => node)));
  let version = -1;
  let connections = 0;
  let bases = basesOf(null, location);

  function set(name, value) {
    chosen[name] = value;
    apply();
  }

  /** The addresses to show: that of this computer, and that of the chosen network. */
  function shownBases() {
    const others = bases.filter(({ token }) => token);
    const chosenOne = others[network.selectedIndex] ?? others[0];
    return [...bases.filter(({ token }) => !token), ...(chosenOne ? [chosenOne] : [])];
  }

  function apply() {
    version = units.version;
    for (const { apply: applyTo } of cards) applyTo(chosen, shownBases());
    resized();
  }

  /** Asks for the addresses again after each reconnect: a restarted acevo may have another token, and this computer another network. */
  async function loadAddresses(model) {
    if (connections === model.connections) return;
    connections = model.connections;
    bases = basesOf(await model.document('/api/addresses'), location);
    const others = bases.filter(({ token }) => token);
    network.replaceChildren(...others.map(({ base }) => el('option', '', new URL(base).hostname)));
    setHidden(networkField, others.length < 2);
    setText(reach, others.length > 0 ? SECRET : ONLY_HERE);
    apply();
  }

  return {
    channels: [...new Set(Object.values(WIDGETS).flatMap(({ channels }) => channels))],
    update(model) {
      loadAddresses(model);
      if (version !== units.version) apply();
      for (const { update } of cards) update(model);
    },
  };
}

/** The options of an overlay's address: those that differ from their defaults. */
function optionsOf(chosen, widget) {
  const options = { ...chosen, units: units.system, seconds: widget.seconds ? chosen.seconds : '' };
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => value !== DEFAULTS[name]));
}

function card(name, widget, resized) {
  const stage = el('div', 'stage');
  const addresses = addressList(widget.title);
  const size = el('span', 'hint');
  const node = el('article', 'card', el('div', 'card-head', el('h2', '', widget.title), size), stage, el('div', 'card-foot', addresses.node));
  const empty = el('p', 'hint stage-empty');
  let root = null;
  let draw = null;
  let createdWith = '';
  let look = {};

  function apply(chosen, bases) {
    const query = optionsOf(chosen, widget);
    addresses.set(bases.map((base) => [base.label, addressOf(base, `/overlay/${name}`, query)]));
    const options = overlayOptions(new URLSearchParams(query), widget);
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
      const hasContent = model.hasTelemetry && (!root || draw(model) !== false);
      setText(empty, model.hasTelemetry ? 'Nothing to show at the moment' : 'Empty while there is no session');
      setHidden(empty, hasContent);
      root?.classList.toggle('empty', !hasContent);
    },
  };
}
