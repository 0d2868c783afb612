// One widget on a transparent page, for streaming programs and windows next to the game. Its options are in the address.

import { el, setHidden, setText } from './lib/dom.js';
import { loop } from './lib/loop.js';
import { Model } from './lib/model.js';
import { overlayOptions, plate } from './lib/options.js';
import { statement } from './lib/statement.js';
import { restyleAll } from './lib/surface.js';
import { units } from './lib/units.js';
import { WIDGETS } from './widgets/overlays.js';

/** States in which an overlay shows why it is empty: they last until the user acts. */
const EXPLAINED = ['refused', 'full'];
const REFUSED = 'Copy this overlay\u2019s address again from the Overlays tab of the page: the token has changed or is missing.';

const name = decodeURIComponent(location.pathname.split('/').pop());
const widget = Object.hasOwn(WIDGETS, name) ? WIDGETS[name] : null;
const root = document.getElementById('overlay');

if (widget) start();
else listOverlays();

function listOverlays() {
  root.hidden = false;
  root.className = 'unknown';
  root.append(el('p', '', 'Unknown overlay. Available: '), ...Object.keys(WIDGETS).map((known) => {
    const link = el('a', '', known);
    link.href = `/overlay/${known}${location.search}`;
    return link;
  }));
}

function start() {
  document.title = `${widget.title} – acevo`;
  const options = overlayOptions(new URLSearchParams(location.search), widget);
  units.use(options.units);
  plate(root, name, widget, options);
  const state = el('span', 'lamp lamp-warn overlay-state');
  const problem = el('div', 'overlay-problem');
  problem.setAttribute('role', 'status');
  problem.append(el('strong'), el('p'));
  const model = new Model(widget.documents ?? []);
  const redraw = loop(model, () => {
    const explained = EXPLAINED.includes(model.connection);
    setHidden(problem, !explained);
    if (explained) {
      const { headline, detail } = statement(model);
      setText(problem.firstChild, `acevo: ${headline}`);
      setText(problem.lastChild, model.connection === 'refused' ? REFUSED : detail);
    }
    // Without telemetry the widget is invisible but laid out, so that it appears at once.
    root.classList.toggle('empty', !model.hasTelemetry);
    root.classList.toggle('explained', explained);
    setText(state, (widget.physics ? model.physicsGap : '') || (model.isWatching ? 'Watching another car' : ''));
    setHidden(state, !state.textContent);
    setHidden(root, false);
    if (model.hasTelemetry) update(model);
  });
  const update = widget.create(root, { ...options, resized: redraw });
  root.append(state, problem);
  restyleAll();
  model.subscribe([...new Set(widget.channels)], options.rate);
}
