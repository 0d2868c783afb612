// The page of a layout: several widgets on a transparent canvas, which fills the window.

import { el, setHidden, setStyle } from '../lib/dom.js';
import { fitScale } from '../lib/geometry.js';
import { isHidden, LAYOUT_CHANNELS, situationOf, variantFor } from '../lib/layout.js';
import { layoutAddress, listLayouts, loadLayout } from '../lib/layout-files.js';
import { loop } from '../lib/loop.js';
import { Model } from '../lib/model.js';
import { restyleAll } from '../lib/surface.js';
import { units } from '../lib/units.js';
import { problemBox } from '../widgets/explain.js';
import { channelsOf, placed } from '../widgets/placed.js';

/** Changes that the editor saves are visible after this time at most. */
const RELOAD_MS = 3000;
const MAX_CHANNELS = 128;
const [DEFAULT_RATE, MAX_RATE] = [30, 60];

/** The address has the name, and optionally `units` and `rate`. */
export function layoutPage(root, query) {
  const name = query.get('layout') ?? '';
  document.title = `${name} – acevo`;
  units.use(query.get('units') ?? 'game');
  const rate = Math.min(MAX_RATE, Math.max(1, Number.parseFloat(query.get('rate')) || DEFAULT_RATE));
  const canvas = el('div', 'layout-canvas');
  const [problem, note] = [problemBox(), el('div', 'unknown')];
  const plate = el('div', 'widget layout-problem', problem.node);
  root.className = 'layout';
  root.append(canvas, plate, note);
  setHidden(note, true);
  setHidden(root, false);
  let layout = null;
  let text = '';
  let shown = null;
  let widgets = [];
  let situation;
  const model = new Model(['laps', 'outline', 'field']);
  const redraw = loop(model, draw);

  /** Creates the widgets of a variant. */
  function show(variant) {
    shown = variant;
    widgets = variant.widgets.map((spec) => ({ spec, widget: placed(spec, redraw) }));
    canvas.replaceChildren(...widgets.map(({ widget }) => widget.node));
    model.subscribe([...LAYOUT_CHANNELS, ...channelsOf(variant.widgets)].slice(0, MAX_CHANNELS), rate);
    place();
  }

  function place() {
    if (!layout) return;
    const scale = fitScale(layout.canvas, { width: innerWidth, height: innerHeight });
    setStyle(canvas, 'width', `${layout.canvas.width * scale}px`);
    setStyle(canvas, 'height', `${layout.canvas.height * scale}px`);
    for (const { spec, widget } of widgets) widget.place(spec, scale);
    restyleAll();
    redraw();
  }

  function draw() {
    plate.classList.toggle('empty', !problem.update(model));
    if (!layout) return;
    situation = situationOf(model, situation);
    const variant = layout.variants[variantFor(layout.variants, situation)];
    if (variant !== shown) show(variant);
    for (const { spec, widget } of widgets) widget.update(model, isHidden(spec, situation));
  }

  async function load() {
    const answer = await loadLayout(name);
    if (answer.ok) take(answer.answer);
    else if (answer.status === 404 || answer.status === 400 || answer.status === 422) await explain(answer.text);
    // Without an answer the last layout stays.
    setTimeout(load, RELOAD_MS);
  }

  function take(loaded) {
    setHidden(note, true);
    const newText = JSON.stringify(loaded);
    if (newText === text) return;
    [text, layout] = [newText, loaded];
    redraw();
  }

  /** Replaces the widgets with what is wrong, and the layouts that there are. */
  async function explain(reason) {
    const names = (await listLayouts()).filter(({ error }) => !error).map((entry) => entry.name);
    const links = names.map((known) => {
      const link = el('a', '', known);
      link.href = layoutAddress(known, Object.fromEntries([...query].filter(([key]) => key !== 'layout')));
      return link;
    });
    note.replaceChildren(el('p', '', name ? `Layout “${name}”: ${reason}` : 'The address has no layout: /overlay?layout=NAME.'), ...(links.length ? [el('p', '', 'Available:'), ...links] : []));
    setHidden(note, false);
    [layout, text, shown, widgets] = [null, '', null, []];
    canvas.replaceChildren();
  }

  addEventListener('resize', place);
  model.subscribe(LAYOUT_CHANNELS, rate);
  load();
}
