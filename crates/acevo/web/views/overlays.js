// All overlays with what they look like now, and their addresses.

import { el, setHidden, setText, withAttributes } from './dom.js';
import { units } from './format.js';
import { overlayOptions, plate } from './options.js';
import { WIDGETS } from './widgets.js';

const DEFAULTS = { scale: '1', background: '', accent: '56b4e9', seconds: '' };

export function overlays(root, { resized }) {
  const chosen = { ...DEFAULTS };
  const intro = el('p', 'intro', 'Each address is a page with nothing but the widget, for a browser source of OBS or a window beside the game. They are empty while there is no session, and come back by themselves. Where acevo runs with ', el('code', '', '--lan'), ', add what it has printed behind the question mark: ', el('code', '', 'token=…'), '.');
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
    const on = root.classList.toggle('plain');
    ground.setAttribute('aria-pressed', String(!on));
  });
  controls.append(
    field('Scale', select('scale', ['0.5', '0.75', '1', '1.25', '1.5', '2', '3'].map((value) => [value, `${Number(value) * 100} %`]))),
    field('Background', select('background', [['', 'Dark plate'], ['none', 'None'], ['000000', 'Black'], ['00000066', 'Lighter plate']])),
    field('Accent', accent),
    field('Seconds', select('seconds', [['', 'As they are'], ...['5', '10', '20', '30'].map((value) => [value, `${value} s`])])),
    ground,
  );
  const cards = Object.entries(WIDGETS).map(([name, widget]) => card(name, widget, resized));
  root.append(intro, controls, el('div', 'cards', ...cards.map(({ node }) => node)));
  let system = '';
  let model = null;

  function set(name, value) {
    chosen[name] = value;
    apply();
  }

  function apply() {
    system = units.system;
    cards.forEach((one) => one.apply(chosen));
    resized();
  }

  return {
    channels: [...new Set(Object.values(WIDGETS).flatMap(({ channels }) => channels))],
    update(now) {
      if (system !== units.system) apply();
      model = now;
      cards.forEach((one) => one.update(model));
    },
  };
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
      // Not on a page without encryption: the browser's own copying works.
      address.select();
      document.execCommand('copy');
    }
    setText(copy, 'Copied');
    setTimeout(() => setText(copy, 'Copy'), 1500);
  });
  let root = null;
  let draw = null;
  let made = '';
  let look = {};

  function apply(chosen) {
    const query = new URLSearchParams();
    if (units.system !== 'metric') query.set('units', units.system);
    if (chosen.scale !== DEFAULTS.scale) query.set('scale', chosen.scale);
    if (chosen.background) query.set('background', chosen.background);
    if (chosen.accent !== DEFAULTS.accent) query.set('accent', chosen.accent);
    if (chosen.seconds && widget.seconds) query.set('seconds', chosen.seconds);
    const text = query.toString();
    address.value = `${location.origin}/overlay/${name}${text ? `?${text}` : ''}`;
    open.href = address.value;
    const options = overlayOptions(query, widget);
    setText(size, `${Math.ceil(widget.size[0] * options.scale)} × ${Math.ceil(widget.size[1] * options.scale)}`);
    // Only what a widget is made with makes it anew.
    const key = String(options.seconds);
    if (made !== key) {
      made = key;
      root?.remove();
      root = el('div');
      stage.replaceChildren(root, empty);
      draw = widget.create(root, { ...options, resized });
    }
    look = options;
    place();
  }

  /** The preview has the size of the widget, or less where there is no room for it. */
  function place() {
    const room = stage.clientWidth - 2 * parseFloat(getComputedStyle(stage).paddingLeft);
    if (root && room > 0) plate(root, name, widget, { ...look, scale: Math.min(1, room / widget.size[0]) });
  }
  new ResizeObserver(place).observe(stage);

  return {
    node,
    apply,
    update(model) {
      setHidden(empty, model.hasTelemetry);
      root.classList.toggle('empty', !model.hasTelemetry);
      if (model.hasTelemetry) draw(model);
    },
  };
}
