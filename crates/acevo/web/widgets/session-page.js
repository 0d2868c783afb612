// One session of the library: notes, laps, stints, other cars, and the map.

import { el, panel, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { clock, known, lapTime, lapTimeMs, NONE, words } from '../lib/format.js';
import { carText, dateText, sessionTitle, trackText } from '../lib/lap-names.js';
import * as library from '../lib/library.js';
import { pointsOf } from '../lib/outline-points.js';
import { Surface } from '../lib/surface.js';
import { polyline, Track } from '../lib/track.js';
import { units } from '../lib/units.js';
import { ask } from './ask.js';
import { button } from './form.js';
import { plainTable } from './plain-table.js';
import { sessionLaps } from './session-laps.js';
import { sessionNotes } from './session-notes.js';

const numberText = (value) => (known(value) ? String(value) : NONE);
const secondsText = (value) => (known(value) ? lapTime(value) : NONE);

const STINTS = [
  ['Stint', ({ number }) => String(number)],
  ['Laps', ({ laps }) => numberText(laps)],
  ['Best', ({ lap_min_s: best }) => secondsText(best)],
  ['Mean', ({ lap_mean_s: mean }) => secondsText(mean)],
  ['Slowest', ({ lap_max_s: slowest }) => secondsText(slowest)],
  ['Distance', ({ distance_km: distance }) => units.full('distance', distance, 1)],
  ['Time', ({ time_s: time }) => clock(time)],
  ['Fuel', ({ fuel_used_l: fuel }) => units.full('volume', fuel)],
  ['Air', ({ air_c: air }) => units.full('temperature', air)],
  ['Road', ({ road_c: road }) => units.full('temperature', road)],
];

const bestOf = (laps) => Math.min(...laps.filter(({ time_ms: time, is_valid: valid }) => time && valid !== false).map(({ time_ms: time }) => time));

const OTHERS = [
  ['Driver', ({ name, short_name: short, number }) => name || short || (number ? `#${number}` : NONE)],
  ['Number', ({ number }) => numberText(number)],
  ['Car', ({ model }) => model ?? NONE],
  ['Laps', ({ laps }) => numberText(laps?.length)],
  ['Best', ({ laps }) => lapTimeMs(bestOf(laps ?? []))],
];

/** `notice` shows results; `removed(text, undo)` is called after the file was moved to the trash; `show(address)` shows another view. */
export function sessionPage(root, { basket, notice, show, removed }) {
  const title = el('h2', 'session-heading');
  const facts = el('p', 'hint');
  const problem = withAttributes(el('p', 'result'), { role: 'alert' });
  const back = withAttributes(el('a', 'tool', '← All sessions'), { href: '#sessions' });
  const compare = button('Compare with the best', () => compareWithBest(), { class: 'tool primary' });
  const remove = button('Delete …', () => removeFile());
  const head = el('div', 'session-head', back, el('div', 'session-about', title, facts), compare, remove);
  const [laps, notes, map, stints, others] = [panel('session-laps', 'Laps'), panel('notes', 'Notes'), panel('session-map', 'Map'), panel('stints', 'Stints'), panel('others', 'Other cars')];
  root.append(head, problem, laps.node, el('div', 'session-grid even', notes.node, map.node), stints.node, others.node);
  const showLaps = sessionLaps(laps.body, { basket, notice });
  const showNotes = sessionNotes(notes.body, {
    saved: (changed) => {
      Object.assign(current.session, changed);
      setText(title, sessionTitle(current.session));
    },
  });
  const surface = new Surface(map.body, 'Map of the track', () => drawMap());
  let current = null;
  let points = null;
  let wanted = '';

  function report(text) {
    setText(problem, text);
    setData(problem, 'state', text ? 'problem' : '');
  }

  async function load(id) {
    wanted = id;
    const asked = performance.now();
    const { ok, answer, text } = await library.session(id);
    if (wanted !== id) return;
    const isShown = ok && Boolean(answer?.session);
    report(isShown ? '' : text || 'This session is not in the library: its file was moved or deleted.');
    for (const { node } of [laps, notes, map, stints, others]) setHidden(node, !isShown);
    for (const node of [compare, remove]) setHidden(node, !isShown);
    if (isShown) Object.assign(answer.session, showNotes(answer.session, asked));
    setText(title, isShown ? sessionTitle(answer.session) : 'No such session');
    setText(facts, '');
    if (isShown) fill(answer);
  }

  function fill(answer) {
    current = answer;
    const { session } = answer;
    setText(facts, [dateText(session.began), trackText(session), carText(session), session.driver, words(session.kind), clock(session.duration_s), session.is_simulated ? 'simulated' : '', session.file].filter(Boolean).join(' · '));
    showLaps(answer);
    fillTable(stints, STINTS, answer.stints ?? []);
    fillTable(others, OTHERS, answer.other_cars ?? []);
    setHidden(compare, !session.best_lap);
    loadMap(session);
  }

  async function loadMap({ best_lap: best, id }) {
    points = null;
    drawMap();
    const lap = best ?? current.laps.find(({ time_ms: time }) => time)?.id;
    setHidden(map.node, !lap);
    if (!lap) return;
    const { samples } = await library.samples(lap, ['position_x', 'position_z']);
    if (current.session.id !== id || !samples) return;
    points = pointsOf(samples);
    setHidden(map.node, !points);
    drawMap();
  }

  function drawMap() {
    const ctx = surface.begin();
    if (!ctx || !points) return;
    const { colors, em } = surface;
    const track = new Track({ points, known: true }, surface, em);
    ctx.strokeStyle = colors.faint;
    ctx.lineWidth = em * 0.4;
    ctx.stroke(polyline(track.points, true));
    const [x, y, nx, ny] = track.pixel(0);
    ctx.strokeStyle = colors.text;
    ctx.lineWidth = em * 0.2;
    ctx.beginPath();
    ctx.moveTo(x - nx * em, y - ny * em);
    ctx.lineTo(x + nx * em, y + ny * em);
    ctx.stroke();
  }

  /** Compares the best lap of this session with the best one of this car on this track. */
  async function compareWithBest() {
    const { session } = current;
    const { answer } = await library.bests(session);
    const best = (Array.isArray(answer) ? answer : []).find(({ car }) => car === session.car)?.lap;
    const ids = [...new Set([best, session.best_lap].filter(Boolean).map(String))];
    show(`compare?laps=${ids.join()}`);
  }

  async function removeFile() {
    const { session } = current;
    if (!await ask(`Delete ${session.file}? The whole recording is moved to the trash, with all of its sessions.`, 'Delete')) return;
    const { ok, answer, text } = await library.remove(session.id);
    if (!ok) {
      report(text || 'The file cannot be deleted.');
      return;
    }
    removed(`Deleted ${session.file}.`, answer?.undo);
  }

  return { load };
}

function fillTable({ node, body }, columns, rows) {
  setHidden(node, rows.length === 0);
  plainTable(body, node.getAttribute('aria-label'), columns, rows);
}
