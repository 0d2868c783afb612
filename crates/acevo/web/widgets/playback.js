// The bar for a recording: timeline with laps, play and pause, steps to other laps, speed. Hidden without a recording.

import { el, setHidden, setStyle, setText, withAttributes } from '../lib/dom.js';
import { clock } from '../lib/format.js';
import { SPEEDS, actionOf, control, lapAt, marks } from '../lib/playback.js';

/** A shape of the style sheet: many fonts have no such characters. */
const icon = (shape) => withAttributes(el('i', `icon icon-${shape}`), { 'aria-hidden': 'true' });

/** Adds the bar to a parent. It follows the model by itself. */
export function playbackBar(parent, model) {
  const button = (shape, label, key) => {
    const node = withAttributes(el('button', 'tool', icon(shape)), { type: 'button', 'aria-label': label, title: label });
    node.addEventListener('click', () => press(key));
    return node;
  };
  const previous = button('previous', 'Previous lap ([)', '[');
  const play = button('pause', 'Pause', ' ');
  const next = button('next', 'Next lap (])', ']');
  const slider = withAttributes(el('input', 'timeline'), { type: 'range', min: '0', step: '0.1', 'aria-label': 'Position in the recording' });
  const ticks = withAttributes(el('div', 'ticks'), { 'aria-hidden': 'true' });
  const time = el('span', 'time');
  const problem = withAttributes(el('span', 'problem'), { role: 'status' });
  const speed = withAttributes(el('select'), { 'aria-label': 'Speed' });
  speed.append(...SPEEDS.map((factor) => withAttributes(el('option', '', `${factor}×`), { value: String(factor) })));
  const bar = withAttributes(el('footer', 'playback', previous, play, next, el('div', 'track', ticks, slider), time, speed, problem), { 'aria-label': 'Recording' });
  bar.hidden = true;
  parent.append(bar);

  let laps = [];
  let hasLaps = false;
  let isDragging = false;

  async function send(action) {
    if (action) setText(problem, await control(action));
  }

  const press = (key) => model.playback && send(actionOf(key, model.playback, laps));

  function show(position) {
    const { length_s: length } = model.playback;
    const lap = lapAt(laps, position);
    const text = `${clock(position)} / ${clock(length)}${lap ? ` · lap ${lap.id}` : ''}`;
    setText(time, text);
    withAttributes(slider, { 'aria-valuetext': text });
  }

  function showState(stands) {
    const label = stands ? 'Play (space)' : 'Pause (space)';
    play.firstChild.className = `icon icon-${stands ? 'play' : 'pause'}`;
    withAttributes(play, { 'aria-label': label, title: label });
  }

  async function loadLaps() {
    hasLaps = true;
    const state = await model.document('/api/playback');
    laps = Array.isArray(state?.laps) ? state.laps : [];
    ticks.replaceChildren(...marks(laps, state?.length_s).map((part) => {
      const tick = el('i');
      setStyle(tick, 'left', `${part * 100}%`);
      return tick;
    }));
  }

  slider.addEventListener('input', () => {
    isDragging = true;
    if (model.playback) show(Number(slider.value));
  });
  slider.addEventListener('change', () => {
    isDragging = false;
    send({ action: 'seek', at_s: Number(slider.value) });
  });
  speed.addEventListener('change', () => send({ action: 'speed', factor: Number(speed.value) }));
  addEventListener('keydown', (event) => {
    const isUsed = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
    if (!model.playback || isUsed || event.target.closest('input, select, textarea, button, a, [role="tablist"]')) return;
    const action = actionOf(event.key, model.playback, laps);
    if (!action) return;
    event.preventDefault();
    send(action);
  });

  model.onChange(() => {
    const { playback } = model;
    setHidden(bar, !playback);
    if (!playback) {
      hasLaps = false;
      return;
    }
    if (playback.has_laps && !hasLaps) loadLaps();
    showState(playback.paused || playback.ended);
    withAttributes(slider, { max: String(playback.length_s) });
    if (SPEEDS.includes(playback.speed) && document.activeElement !== speed) speed.value = String(playback.speed);
    if (isDragging) return;
    slider.value = String(playback.position_s);
    show(playback.position_s);
  });
}
