// Gear, speed, and engine speed with the shift light.

import { el, setData, setHidden, setText } from './dom.js';
import { fixed, gear as gearText, units } from './format.js';
import { Surface } from './surface.js';

/** From here on the bar tells that it is time soon, as a share of the limit. */
const SOON = 0.86;
const NOW = 0.955;
const SEGMENTS = 64;

export const rpmChannels = ['rpm', 'rpm_limit', 'rev_limiter', 'shift_up', 'shift_down'];
export const driveChannels = ['gear', 'speed', 'rpm', 'shift_up', 'pit_limiter'];

/** What the engine speed asks for: nothing, `soon`, `now`, or `limit`. */
function shift(model) {
  if (!model.hasTelemetry || model.gap) return '';
  if (model.is('rev_limiter')) return 'limit';
  if (model.is('shift_up')) return 'now';
  const share = model.get('rpm') / model.get('rpm_limit');
  return share >= SOON ? 'soon' : '';
}

/** A bar of segments over the width. */
export function rpmBar(root, { resized } = {}) {
  const surface = new Surface(root, 'Engine speed', resized);
  const number = el('span', 'num rpm-number', '–');
  root.append(el('div', 'rpm-text', number, el('span', 'unit', 'rpm')));
  return (model) => {
    setText(number, fixed(model.get('rpm')));
    setData(root, 'shift', shift(model));
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, colors, hair } = surface;
    const limit = model.get('rpm_limit');
    const share = limit > 0 ? Math.min(1, Math.max(0, model.get('rpm') / limit)) : 0;
    const state = shift(model);
    // Whole pixels: all segments have one width.
    const count = Math.max(16, Math.min(SEGMENTS, Math.floor(width / (0.7 * surface.em))));
    const pitch = width / hair / count;
    const wide = Math.max(1, Math.floor(pitch * 0.84)) * hair;
    for (let index = 0; index < count; index += 1) {
      const part = (index + 1) / count;
      const lit = share > 0 && index / count < share;
      const hot = state === 'now' || state === 'limit' || part > NOW;
      ctx.globalAlpha = lit || part <= NOW ? 1 : 0.3;
      ctx.fillStyle = hot && (lit || part > NOW) ? colors.warm : !lit ? colors.line : part > SOON ? colors.accent : colors.text;
      ctx.fillRect(Math.round(index * pitch) * hair, 0, wide, height);
    }
    ctx.globalAlpha = 1;
  };
}

/** The gear and the speed, large. */
export function drive(root) {
  const gear = el('span', 'num gear-number', '–');
  const speed = el('span', 'num speed-number', '–');
  const unit = el('span', 'unit');
  const pit = el('span', 'lamp', 'PIT LIMITER');
  gear.setAttribute('role', 'group');
  speed.setAttribute('role', 'group');
  gear.setAttribute('aria-label', 'Gear');
  speed.setAttribute('aria-label', 'Speed');
  const gap = el('span', 'lamp lamp-warn');
  root.append(el('div', 'drive', gear, el('div', 'speed', speed, el('div', 'speed-foot', unit, gap, pit))));
  return (model) => {
    setText(gear, gearText(model.get('gear')));
    setText(speed, units.show('speed', Math.abs(model.get('speed'))));
    setText(unit, units.unit('speed'));
    setText(gap, model.gap.toUpperCase());
    setHidden(gap, !model.gap);
    setHidden(pit, !model.is('pit_limiter'));
    setData(root, 'shift', shift(model));
  };
}
